"""Text of strangers on its way into the database."""


def storable(text: str, length: int) -> str:
    """The text as every database takes it: no NUL, no half of a surrogate pair, not longer than ``length``."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:length]
