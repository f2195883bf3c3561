"""What an examination of an installation says: one line for each thing looked at."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """``name`` is what was looked at and where, ``said`` how it is, ``advice`` what to do (empty where it is well)."""

    name: str
    state: State
    said: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.state:<4} {self.name}: {self.said}{f' -> {self.advice}' if self.advice else ''}"


def ok(name: str, said: str) -> Finding:
    """It is well."""
    return Finding(name, "ok", said)


def warn(name: str, said: str, advice: str) -> Finding:
    """It works, and a person should look."""
    return Finding(name, "warn", said, advice)


def fail(name: str, said: str, advice: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding(name, "fail", said, advice)


Check = Callable[[], Iterable[Finding]]


def examined(checks: Iterable[tuple[str, Check]]) -> Iterator[Finding]:
    """The findings of all checks; one that breaks is itself a finding and stops no other."""
    for name, check in checks:
        try:
            yield from check()
        except Exception as problem:
            yield fail(name, f"{type(problem).__name__}: {problem}", "put this right and examine again")
