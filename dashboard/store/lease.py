"""Who acts, where several processes could: a row that its holder renews and that others may take once it ran out.

Time is the database's own, so that no two machines can disagree about it. A process of this machine that does not exist
any more is not waited for: what it had begun to commit the writer's lock waits for. A holder that was frozen and comes
back finds another one in its place and must end at once; what it still writes meets the numbers that its successor has
given (``event.seq``), and the database refuses it.
"""

from collections.abc import Callable
from threading import Event

from sqlalchemy import BigInteger, Column, Connection, Engine, MetaData, String, Table, select, text, update
from sqlalchemy.exc import DBAPIError

from dashboard.store.engine import LOCK, writing
from dashboard.store.holders import gone, own_name

LEASES = LOCK + 1
"""A lock of its own: a holder that froze in the middle of a commit must not keep others from its lease."""
SECONDS = 10.0
"""How long a lease holds without being renewed."""

metadata = MetaData()
lease = Table(
    "lease",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("until", BigInteger, nullable=False),  # epoch ms of the database's clock
)
_NOW = {  # SQLite knows unixepoch('subsec') from 3.42 on, Debian 12 has 3.40, where it is NULL
    "sqlite": text("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"),
    "postgresql": text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"),
}


class Lease:
    """One process's claim to a role. ``name`` is the role, ``holder`` this process; neither is shown to anybody."""

    def __init__(self, engine: Engine, name: str, seconds: float = SECONDS) -> None:
        self._engine, self.name, self._length = engine, name, int(seconds * 1000)
        self.holder = own_name()
        with writing(engine, LEASES) as connection:
            metadata.create_all(connection)

    def take(self) -> bool:
        """Take the lease where it is free, ran out, is one's own or a dead process's; whether it is held now."""
        with writing(self._engine, LEASES) as connection:
            now = self._now(connection)
            found = connection.execute(select(lease).where(lease.c.name == self.name)).mappings().first()
            if found is not None and found["until"] > now and not self._may_replace(found["holder"]):
                return False
            connection.execute(lease.delete().where(lease.c.name == self.name))
            connection.execute(lease.insert().values(name=self.name, holder=self.holder, until=now + self._length))
            return True

    def _may_replace(self, holder: str) -> bool:
        return holder == self.holder or gone(holder)

    def renew(self) -> bool:
        """Hold it for longer; False where another one has it. One that ran out is still one's own until it is taken."""
        with writing(self._engine, LEASES) as connection:
            values = {"until": self._now(connection) + self._length}
            mine = (lease.c.name == self.name) & (lease.c.holder == self.holder)
            return connection.execute(update(lease).where(mine).values(values)).rowcount == 1

    def give_back(self) -> None:
        """Let the next one act without waiting."""
        with writing(self._engine, LEASES) as connection:
            connection.execute(lease.delete().where(lease.c.name == self.name, lease.c.holder == self.holder))

    def wait(self, stop: Event) -> bool:
        """Return True once the lease is held, False when told to stop. A database that is away is waited for."""
        while not stop.is_set():
            if self._tried(self.take):
                return True
            stop.wait(self._length / 4000)
        return False

    def keep(self, stop: Event) -> bool:
        """Renew until told to stop (True) or until another one has it (False).

        While the database is away nobody can take it, so it counts as held.
        """
        while not stop.wait(self._length / 4000):
            if self._tried(self.renew) is False:
                return False
        return True

    def _tried(self, act: Callable[[], bool]) -> bool | None:
        try:
            return act()
        except DBAPIError:
            return None

    def _now(self, connection: Connection) -> int:
        return database_now(connection)


def database_now(connection: Connection) -> int:
    """The database's own clock, epoch ms UTC."""
    return int(connection.scalar(_NOW[connection.dialect.name]) or 0)
