"""Texts of people as they can be printed in any file."""

import unicodedata

DROPPED = frozenset({"Cc", "Cs"})
"""Control characters and halves of characters. Unassigned ones stay: Python knows fewer of them than fonts do."""
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of what follows: a name must not turn the number behind it."""
SPACES = str.maketrans(dict.fromkeys("\t\n\v\f\r\x85\u2028\u2029", " "))


def plain(text: str) -> str:
    """A text on one line, without control characters and marks of direction."""
    if text.isprintable():  # none of these is
        return text
    return "".join(letter for letter in text.translate(SPACES) if letter not in DIRECTIONS and _is_seen(letter))


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter) not in DROPPED and ord(letter) & 0xFFFE != 0xFFFE
