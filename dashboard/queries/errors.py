"""What a query may refuse, with the parameter that is to blame."""


class Refused(ValueError):  # noqa: N818
    """A parameter that cannot be understood."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.where = where


class NotFoundHere(LookupError):  # noqa: N818
    """A region, level, model, case or worker that does not exist."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.where = where
