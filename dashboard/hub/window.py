"""Back-pressure: how much a viewer has been sent and not yet acknowledged."""

from collections import deque
from dataclasses import dataclass, field

AT_MOST = 2


@dataclass
class Window:
    """Numbers of sent messages of one kind, oldest first, each with the second it was sent at."""

    sent: deque[tuple[int, float]] = field(default_factory=deque)

    @property
    def open(self) -> bool:
        """Whether another message may be sent."""
        return len(self.sent) < AT_MOST

    def close(self, number: int, now: float) -> None:
        """Start over with a snapshot that fills the window: nothing more goes out before it is acknowledged."""
        self.sent = deque([(number, now)] * AT_MOST)

    def send(self, number: int, now: float) -> None:
        """A message went out."""
        self.sent.append((number, now))

    def got(self, number: int) -> bool:
        """Everything up to a number was handled; says whether the window was shut before."""
        shut = not self.open
        while self.sent and self.sent[0][0] <= number:
            self.sent.popleft()
        return shut

    def waiting(self, now: float) -> float:
        """Seconds since the oldest unacknowledged message."""
        return now - self.sent[0][1] if self.sent else 0.0
