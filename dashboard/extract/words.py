"""Texts as numbers: codes of categories, channels, units and kinds repeat over all cases."""

from collections.abc import Iterable


class Words:
    """Numbers given once and kept; only the writer gives new ones, readers may look up at any time."""

    def __init__(self, known: Iterable[tuple[int, str]] = ()) -> None:
        self._numbers = {text: number for number, text in known}
        self._texts = {number: text for text, number in self._numbers.items()}
        self.new: list[tuple[int, str]] = []

    def number(self, text: str) -> int:
        """The number of a text, a new one where it has none yet."""
        found = self._numbers.get(text)
        if found is None:
            found = len(self._numbers)
            self._texts[found] = text
            self._numbers[text] = found
            self.new.append((found, text))
        return found

    def find(self, text: str) -> int:
        """The number of a text, -1 where no case has it."""
        return self._numbers.get(text, -1)

    def starting(self, beginning: str) -> list[int]:
        """Numbers of all texts with a beginning."""
        return [number for text, number in list(self._numbers.items()) if text.startswith(beginning)]

    def text(self, number: int) -> str:
        """The text of a number."""
        return self._texts[number]
