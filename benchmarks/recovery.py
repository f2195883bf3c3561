"""How long until a screen is right again after kill -9 of any role, of Redis and of PostgreSQL, each restarted at once.

    python -m benchmarks.recovery [--times 5]

A real wall in Chromium is open throughout, through nginx as ``docs/deployment`` sets it up: the page from the web role,
the push from the sockets role. Whatever is killed is started again in the same moment;
from then on a case is sent until it is taken, and the time stops when the wall's text holds that case's title: the
process's own start, the lease of a writer, the page's reconnection and the way of the event all count.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import numpy as np
import psutil
import requests
from playwright.sync_api import Page

from benchmarks.baoding import screen_token
from benchmarks.compiled import compile_program
from dashboard.security.doorman import DEVICE, cookie_name
from scripts.build_frontend import build
from tests.browser.town import write_town
from tests.chromium import started_chromium
from tests.roles.cluster import ORIGIN, Cluster, Role, event
from tests.roles.fronts import HOST, Nginx
from tests.servers import PostgresServer, RedisServer, redis_server, running_postgres

SHOWN = "title => document.getElementById('ticker-body')?.textContent.includes(title)"


@contextmanager
def installation() -> Iterator[tuple[Cluster, PostgresServer, RedisServer, Page]]:
    """Servers, roles and an open wall."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(running_postgres())
        (folder / "redis").mkdir()
        stream = stack.enter_context(redis_server(folder / "redis"))
        made = Cluster(folder / "data", postgres.url, stream.url)
        stack.callback(made.end)
        made.read_file("regions", write_town(folder / "town")["regions"])
        made.begin()
        (folder / "nginx").mkdir()
        front = Nginx(folder / "nginx", made, made.writer())
        stack.callback(front.stop)
        here = f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{front.port}"
        context = stack.enter_context(started_chromium(here)).new_context(bypass_csp=True, ignore_https_errors=True)
        token = screen_token(postgres.url)
        context.add_cookies([{"name": cookie_name(DEVICE, True), "value": token, "url": ORIGIN, "secure": True}])
        page = context.new_page()
        page.goto(f"{ORIGIN}/wall")
        page.wait_for_selector(".wall[data-ready=yes]", timeout=60_000)
        yield made, postgres, stream, page


def send(made: Cluster, number: int) -> None:
    """Send a case, as a sender does who is refused: again, until it is taken."""
    body, pause = [{**event(number), "time": datetime.now(UTC).isoformat()}], Event()
    headers = {"Authorization": f"Bearer {made.key}"}
    while True:
        for role in made.ingests:
            try:
                answer = requests.post(f"{role.url}/api/v1/events", json=body, headers=headers, timeout=2)
            except requests.RequestException:
                continue
            if answer.status_code == 202:
                return
        pause.wait(0.05)


def seconds(made: Cluster, page: Page, number: int, fault: Callable[[], None]) -> float:
    """From the fault's end (everything is started again) until the wall shows a case sent after it."""
    fault()
    began = time.monotonic()
    send(made, number)
    page.wait_for_function(SHOWN, arg=f"案件{number}", timeout=120_000)
    return time.monotonic() - began


def spent(roles: Iterable[Role]) -> float:
    """CPU seconds that all processes of some roles have used since each one's start."""
    firsts = [psutil.Process(role.process.pid) for role in roles if role.process is not None]
    every = [one for first in firsts for one in (first, *first.children(recursive=True))]
    return sum(sum(one.cpu_times()[:2]) for one in every)


def killed(made: Cluster, name: str) -> list[Role]:
    """The roles that the fault of that name kills: what they used goes with them."""
    role = name.partition(",")[0]
    return made.ingests[:1] if role == "ingest" else [vars(made)[role]] if role in vars(made) else []


def faults(made: Cluster, postgres: PostgresServer, stream: RedisServer) -> dict[str, Callable[[], None]]:
    """What is killed, by name; it is started again in the same moment."""

    def again(role: str) -> Callable[[], None]:
        def kill() -> None:
            one = made.writer() if role == "ingest" else getattr(made, role)
            one.kill()
            one.start()

        return kill

    def redis() -> None:
        stream.kill()
        stream.start()

    def wiped() -> None:
        stream.kill()
        for file in stream.directory.rglob("*"):
            if file.is_file():
                file.unlink()
        stream.start()

    def database() -> None:
        postgres.stop()
        postgres.start()

    roles = {f"{name}, kill -9": again(name) for name in ("ingest", "web", "sockets", "scheduler")}
    return {**roles, "Redis, kill -9": redis, "Redis, wiped": wiped, "PostgreSQL, at once": database}


def main() -> None:
    """Break everything in turn and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    build()
    compile_program()
    number = 1000
    with installation() as (made, postgres, stream, page):
        roles = [*made.ingests, made.web, made.sockets, made.scheduler]
        print(f"{'nothing':24} {seconds(made, page, number, lambda: None):5.2f} s", flush=True)
        for name, fault in faults(made, postgres, stream).items():
            found, cpu = [], []
            for _ in range(options.times):
                number, before = number + 1, spent(roles) - spent(killed(made, name))
                found.append(seconds(made, page, number, fault))
                cpu.append(spent(roles) - before)
                Event().wait(2)
            took = f"median {np.median(found):5.2f} s   most {max(found):5.2f} s   n {len(found)}"
            print(f"{name:24} {took}   CPU of the roles {np.median(cpu):5.2f} s", flush=True)


if __name__ == "__main__":
    main()
