"""The documented proxy in front of the roles: TLS, screens, events, and what a forged header is worth."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest
import requests
import socketio

from dashboard.store.engine import open_engine
from tests.program import ROOT
from tests.roles.cluster import ORIGIN, Cluster, event, until
from tests.servers import free_port, wait_for_port

pytestmark = [
    pytest.mark.redis, pytest.mark.postgres,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx on this machine"),
]  # fmt: skip
HOST = ORIGIN.removeprefix("https://")
CERTIFICATE = (
    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    "-keyout", "key.pem", "-out", "fullchain.pem",
)  # fmt: skip
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@pytest.fixture(scope="module")
def proxy(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running nginx with ``docs/deployment/nginx.conf``, its ports and files changed alone."""
    folder, port, spare = tmp_path_factory.mktemp("nginx"), free_port(), cluster.spare()
    subprocess.run([*CERTIFICATE, "-subj", f"/CN={HOST}"], cwd=folder, check=True, capture_output=True)
    ports = {"8051": cluster.web.port, "8061": cluster.sockets.port, "8041": cluster.writer().port, "8042": spare.port}
    text = (ROOT / "docs/deployment/nginx.conf").read_text(encoding="utf-8")
    text = text.replace(" server 127.0.0.1:8052;", "").replace("listen 443", f"listen 127.0.0.1:{port}")
    for documented, real in ports.items():
        text = text.replace(f":{documented}", f":{real}")
    site = text.replace("/etc/yiping/tls", str(folder))
    temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    whole = f"pid {folder}/pid; events {{}} http {{ access_log off; {temporary}\n{site}\n}}"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    wait_for_port(port, process)
    yield f"https://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


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
    assert answer.headers.get("Server", "nginx") == "nginx", "no version is told"
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


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_a_screen_is_pushed_to(proxy: str, cluster: Cluster) -> None:
    told: list[object] = []
    screen = socketio.Client(ssl_verify=False, websocket_extra_options={"origin": ORIGIN})
    screen.on("delta", told.append)
    key = {"Authorization": f"Bearer {cluster.key}"}
    screen.connect(proxy, transports=["websocket"], headers=key)
    answer = screen.call("subscribe", {"region": ""})
    screen.emit("got", {"edition": answer["edition"], "slab": 0})
    sent = asked("POST", f"{proxy}/api/v1/events", json=[event(101)], headers=key)
    assert sent.status_code == 202, sent.text
    until(lambda: bool(told), "a delta on the screen")
    screen.disconnect()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_senders_hear_202_again_after_the_spare_one_took_over(proxy: str, cluster: Cluster) -> None:
    cluster.writer().kill()

    def sent() -> bool:
        key = {"Authorization": f"Bearer {cluster.key}"}
        return asked("POST", f"{proxy}/api/v1/events", json=[event(102)], headers=key).status_code == 202

    assert until(sent, "202 through the proxy", 40) < 40
