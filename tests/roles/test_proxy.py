"""The documented proxies in front of the roles: TLS, screens, events, and what a forged header is worth."""

import json
import shutil
import ssl
from collections.abc import Iterator

import pytest
import requests
import websocket

from dashboard.store.engine import open_engine
from tests.roles.cluster import ORIGIN, Cluster, event, until
from tests.roles.fronts import HOST, Front, Haproxy, Nginx

pytestmark = [pytest.mark.redis, pytest.mark.postgres]

PING, PONG = "2", "3"
"""Of Engine.IO, which a server ends a connection without."""


@pytest.fixture(scope="module", params=[Nginx, Haproxy], ids=["nginx", "haproxy"])
def front(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    kind: type[Front] = request.param
    if shutil.which(kind.program) is None:
        pytest.skip(f"no {kind.program} on this machine")
    made = kind(tmp_path_factory.mktemp(kind.program), cluster, cluster.spare())
    yield made
    made.stop()


@pytest.fixture
def proxy(front: Front) -> str:
    """The address of the running proxy."""
    return front.url


def asked(method: str, url: str, **more: object) -> requests.Response:
    """Through the proxy, by the name of the site; the certificate is the test's own."""
    headers = {"Host": HOST, **more.pop("headers", {})}  # type: ignore[dict-item]
    return requests.request(method, url, headers=headers, verify=False, timeout=30, allow_redirects=False, **more)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_pages_come_over_tls_with_their_headers(proxy: str) -> None:
    answer = asked("GET", f"{proxy}/login")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers.get("Server", "") in ("", "nginx"), "no version is told"
    assert asked("GET", f"{proxy}//login").status_code == 404


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_whoever_comes_is_known_by_the_address_that_the_proxy_saw(proxy: str, cluster: Cluster) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example"}
    page = asked("GET", f"{proxy}/login", headers=forged)
    assert "evil.example" not in page.text
    asked("GET", f"{proxy}/api/v1/kpis", headers={**forged, "Authorization": "Bearer nobody"})
    engine = open_engine(cluster.database)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT DISTINCT address FROM audit_log").scalars().all()
    engine.dispose()
    assert "203.0.113.9" not in found


class Screen:
    """A screen through the proxy, on one thread: socketio's own client reads and writes TLS on two at once, which
    Python guards since 3.13 alone (gh-124984), and lost one connection of twenty. ``told`` are the changes it heard of.
    """

    def __init__(self, url: str, key: str) -> None:
        self.told: list[str] = []
        self._line = websocket.create_connection(
            f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket",
            header=[f"Authorization: Bearer {key}"], origin=ORIGIN, sslopt={"cert_reqs": ssl.CERT_NONE}, timeout=30,
        )  # fmt: skip
        self._expect("0{")
        self._line.send("40{}")
        self._expect("40{")
        self._line.send('420["subscribe",{"region":""}]')
        (snapshot,) = json.loads(self._expect("430[")[3:])
        self._got(snapshot["edition"])

    def _expect(self, start: str) -> str:
        message = str(self._line.recv())
        assert message.startswith(start), message[:200]
        return message

    def _got(self, edition: int) -> None:
        self._line.send("42" + json.dumps(["got", {"edition": edition, "slab": 0}]))

    def _hear(self, message: str) -> None:
        if message == PING:
            self._line.send(PONG)
        elif message.startswith('42["delta"'):
            self.told.append(message)
            self._got(json.loads(message[2:])[1]["to"])

    def listen(self) -> None:
        """Take what has come; fails where the connection was cut."""
        self._line.settimeout(0.1)
        while True:
            try:
                message = str(self._line.recv())
            except websocket.WebSocketTimeoutException:
                return
            assert message, "the connection of the screen was cut"
            self._hear(message)

    def leave(self) -> None:
        self._line.close()

    def hears(self, url: str, cluster: Cluster, number: int) -> None:
        """Whether a case that is sent now comes on the same connection."""
        before = len(self.told)
        key = {"Authorization": f"Bearer {cluster.key}"}
        sent: list[requests.Response] = []

        def taken() -> bool:
            sent.append(asked("POST", f"{url}/api/v1/events", json=[event(number)], headers=key))
            assert sent[-1].status_code in (202, 503), sent[-1].text
            return sent[-1].status_code == 202

        def heard() -> bool:
            self.listen()
            return any(f"案件{number}" in delta for delta in self.told[before:])

        until(taken, "the case taken; a 503 asks to send it again")
        until(heard, "the case on the screen")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_a_screen_is_pushed_to(front: Front, cluster: Cluster) -> None:
    screen = Screen(front.url, cluster.key)
    screen.hears(front.url, cluster, front.port)
    screen.leave()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_a_new_certificate_cuts_no_screen(front: Front, cluster: Cluster) -> None:
    screen, old = Screen(front.url, cluster.key), front.certificate()
    front.rotate()
    until(lambda: front.certificate() != old, "the new certificate", 20)
    screen.hears(front.url, cluster, 100_000 + front.port)
    screen.listen()
    newcomer = Screen(front.url, cluster.key)
    newcomer.hears(front.url, cluster, 200_000 + front.port)
    for one in (screen, newcomer):
        one.leave()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_senders_hear_202_again_after_the_spare_one_took_over(proxy: str, cluster: Cluster) -> None:
    cluster.writer().kill()

    def sent() -> bool:
        key = {"Authorization": f"Bearer {cluster.key}"}
        return asked("POST", f"{proxy}/api/v1/events", json=[event(102)], headers=key).status_code == 202

    assert until(sent, "202 through the proxy", 40) < 40
