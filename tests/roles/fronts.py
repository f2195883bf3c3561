"""The documented proxies as processes, their ports and files changed alone."""

import signal
import ssl
import subprocess
from pathlib import Path

from tests.program import ROOT
from tests.roles.cluster import ORIGIN, Cluster, Role
from tests.servers import free_port, wait_for_port

HOST = ORIGIN.removeprefix("https://")
CERTIFICATE = (
    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    "-subj", f"/CN={HOST}", "-keyout", "key.pem", "-out", "fullchain.pem",
)  # fmt: skip
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Front:
    """A running proxy with a certificate of its own."""

    program = ""
    reload = signal.SIGHUP

    def __init__(self, folder: Path, cluster: Cluster, spare: Role) -> None:
        self.folder, self.port = folder, free_port()
        self._ports = {
            "8051": cluster.web.port, "8061": cluster.sockets.port, "8041": cluster.writer().port, "8042": spare.port,
        }  # fmt: skip
        self.certify()
        self.process = subprocess.Popen(self.command(), stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        raise NotImplementedError

    def documented(self, name: str, *changes: tuple[str, str]) -> str:
        """A file of ``docs/deployment`` over the roles of the test; one web role stands for two."""
        text = (ROOT / "docs/deployment" / name).read_text(encoding="utf-8")
        for old, new in (*changes, ("/etc/yiping/tls", str(self.folder))):
            assert old in text, old
            text = text.replace(old, new)
        for documented, real in self._ports.items():
            text = text.replace(f":{documented}", f":{real}")
        return text

    def certify(self) -> None:
        """A new key and certificate in place of the old."""
        subprocess.run(CERTIFICATE, cwd=self.folder, check=True, capture_output=True)
        whole = (self.folder / "fullchain.pem").read_text() + (self.folder / "key.pem").read_text()
        (self.folder / "site.pem").write_text(whole)

    def rotate(self) -> None:
        """As an operator does it: new files, then ``systemctl reload``."""
        self.certify()
        self.process.send_signal(self.reload)

    def certificate(self) -> str:
        """What a new connection is shown."""
        return ssl.get_server_certificate(("127.0.0.1", self.port))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


class Nginx(Front):
    program = "nginx"

    def command(self) -> list[str]:
        listen = ("listen 443", f"listen 127.0.0.1:{self.port}")
        site = self.documented("nginx.conf", listen, (" server 127.0.0.1:8052;", ""))
        temporary = "".join(f"{name}_temp_path {self.folder}/{name};" for name in TEMPORARY)
        whole = f"pid {self.folder}/pid; events {{}} http {{ access_log off; {temporary}\n{site}\n}}"
        (self.folder / "nginx.conf").write_text(whole, encoding="utf-8")
        files = ["-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log")]
        return ["nginx", *files, "-g", "daemon off;"]


class Haproxy(Front):
    program = "haproxy"
    reload = signal.SIGUSR2

    def command(self) -> list[str]:
        bind = ("bind :443", f"bind 127.0.0.1:{self.port}")
        text = self.documented("haproxy.cfg", bind, ("    server web2 127.0.0.1:8052\n", ""))
        (self.folder / "haproxy.cfg").write_text(text, encoding="utf-8")
        return ["haproxy", "-W", "-f", str(self.folder / "haproxy.cfg")]
