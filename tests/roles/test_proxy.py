"""The documented proxies in front of the roles: TLS, screens, events, and what a forged header is worth."""

import shutil
from collections.abc import Iterator

import pytest
import requests
import socketio

from dashboard.store.engine import open_engine
from tests.roles.cluster import ORIGIN, Cluster, event, until
from tests.roles.fronts import HOST, Front, Haproxy, Nginx

pytestmark = [pytest.mark.redis, pytest.mark.postgres]


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
    """A screen through the proxy; ``told`` are the changes it heard of."""

    def __init__(self, url: str, key: str) -> None:
        self.told: list[dict[str, int]] = []
        self.client = socketio.Client(ssl_verify=False, reconnection=False, websocket_extra_options={"origin": ORIGIN})
        self.client.on("delta", self._hear)
        self.client.connect(url, transports=["websocket"], headers={"Authorization": f"Bearer {key}"})
        self._got(self.client.call("subscribe", {"region": ""})["edition"])

    def _hear(self, delta: dict[str, int]) -> None:
        self.told.append(delta)
        self._got(delta["to"])

    def _got(self, edition: int) -> None:
        self.client.emit("got", {"edition": edition, "slab": 0})

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
            assert self.client.connected, "the connection of the screen was cut"
            return any(f"案件{number}" in str(delta) for delta in self.told[before:])

        until(taken, "the case taken; a 503 asks to send it again")
        until(heard, "the case on the screen")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_a_screen_is_pushed_to(front: Front, cluster: Cluster) -> None:
    screen = Screen(front.url, cluster.key)
    screen.hears(front.url, cluster, front.port)
    screen.client.disconnect()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_a_new_certificate_cuts_no_screen(front: Front, cluster: Cluster) -> None:
    screen, old = Screen(front.url, cluster.key), front.certificate()
    front.rotate()
    until(lambda: front.certificate() != old, "the new certificate", 20)
    screen.hears(front.url, cluster, 100_000 + front.port)
    assert screen.client.connected
    newcomer = Screen(front.url, cluster.key)
    newcomer.hears(front.url, cluster, 200_000 + front.port)
    for one in (screen, newcomer):
        one.client.disconnect()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_senders_hear_202_again_after_the_spare_one_took_over(proxy: str, cluster: Cluster) -> None:
    cluster.writer().kill()

    def sent() -> bool:
        key = {"Authorization": f"Bearer {cluster.key}"}
        return asked("POST", f"{proxy}/api/v1/events", json=[event(102)], headers=key).status_code == 202

    assert until(sent, "202 through the proxy", 40) < 40
