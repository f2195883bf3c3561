"""The API key of an ``Authorization`` header."""

import base64


def key_in(header: str) -> str | None:
    """``Bearer KEY``, or ``Basic`` with the key as its password, which is all that phones' apps can send.

    None where the header says something else.
    """
    scheme, _, text = header.partition(" ")
    if scheme.lower() == "bearer":
        return text.strip() or None
    return _password(text.strip()) if scheme.lower() == "basic" else None


def _password(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8").partition(":")[2] or None
    except ValueError:  # no base64, or no text
        return None
