"""Why something about reports cannot be done."""


class ReportRefused(Exception):  # noqa: N818
    """What was asked for cannot be done. The text is one English sentence for logs and the command line; ``key`` is
    what screens translate: ``future region period empty state appeals faults corrections second exists right holder
    files fonts``; ``where`` names what is to blame."""

    def __init__(self, words: str, key: str = "other", where: str = "") -> None:
        super().__init__(words)
        self.key = key
        self.where = where
