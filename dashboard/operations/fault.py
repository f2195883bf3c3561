"""Why an operation was not done."""


class OperationFault(Exception):  # noqa: N818
    """One sentence for the person at the keyboard: what, where, and what to do."""
