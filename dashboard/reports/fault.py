"""What a check found."""

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """Something that does not fit: ``where`` it stands (section, table, row and column) and ``what`` is wrong."""

    where: str
    what: str
