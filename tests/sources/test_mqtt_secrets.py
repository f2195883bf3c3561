"""A broker that asks for a password over TLS: certificates and password come from files of the data directory."""

import datetime
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dashboard.config import MqttInput, load_settings
from data_sources.configured import configured_sources
from data_sources.mqtt import mqtt_reader
from tests.servers import MOSQUITTO, MosquittoServer
from tests.sources.deliveries import NOON

pytestmark = pytest.mark.mqtt


def certificate(folder: Path) -> None:
    """A certificate of 127.0.0.1, signed by itself, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "ca.pem").write_bytes(made.public_bytes(form[0]))
    (folder / "key.pem").write_bytes(key.private_bytes(*form))


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[MosquittoServer]:
    tool = shutil.which("mosquitto_passwd")
    if MOSQUITTO is None or tool is None:
        pytest.skip("no mosquitto on this machine")
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    certificate(folder)
    subprocess.run([tool, "-c", "-b", str(folder / "passwords"), "wall", "right"], check=True, capture_output=True)
    lines = ["allow_anonymous false", f"password_file {folder}/passwords", f"certfile {folder}/ca.pem",
             f"keyfile {folder}/key.pem"]  # fmt: skip
    server = MosquittoServer(folder, *lines)
    yield server
    server.kill()


def entered(server: MosquittoServer, directory: Path, password: str, **more: str) -> None:
    """Connect and subscribe with what stands in files, or raise."""
    (directory / "secret").write_text(f"{password}\n", encoding="utf-8")
    mqtt = MqttInput(f"mqtts://127.0.0.1:{server.port}", username="wall", password_file="secret", **more)
    stop = Event()
    stop.set()
    assert list(mqtt_reader(mqtt, directory, "cases").messages(stop)) == []


def test_password_and_certificate_of_files(guarded: MosquittoServer, tmp_path: Path) -> None:
    shutil.copy(guarded.directory / "ca.pem", tmp_path / "ca.pem")
    entered(guarded, tmp_path, "right", ca_file="ca.pem")
    with pytest.raises(ConnectionError, match="lets nobody in: Not authorized"):
        entered(guarded, tmp_path, "wrong", ca_file="ca.pem")
    with pytest.raises(ssl.SSLCertVerificationError):
        entered(guarded, tmp_path, "right")


def test_sources_of_the_settings(tmp_path: Path) -> None:
    text = '[mqtt_input]\nurl = "mqtt://127.0.0.1:1"\n'
    gateway = '[gateway]\nredis = "redis://127.0.0.1:1"\nmqtt = true\n'
    for written, names in ((text, ["mqtt-cases", "mqtt-positions"]), (text + gateway, ["mqtt-cases"])):
        (tmp_path / "config.toml").write_text(written, encoding="utf-8")
        found = configured_sources(load_settings(tmp_path), tmp_path, lambda: NOON)
        assert [source.name for source in found] == names
    with pytest.raises(OSError, match="absent"):
        mqtt_reader(MqttInput("mqtt://x", password_file="absent"), tmp_path, "cases")
