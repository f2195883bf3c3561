"""Code and looks go out packed and are kept as long as their address lasts; nothing else is."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, send_from_directory
from flask.testing import FlaskClient

from dashboard.api import compression
from dashboard.api.headers import harden
from dashboard.api.static import FOR_EVER

TEXT = "let where = '街道';\n" * 200
PACKING = {"Accept-Encoding": "br, gzip;q=0.8"}


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[FlaskClient]:
    (tmp_path / "a.js").write_text(TEXT, encoding="utf-8")
    (tmp_path / "small.js").write_text("1", encoding="utf-8")
    (tmp_path / "font.woff2").write_bytes(b"\0" * 5_000)
    server = Flask("test", static_folder=None)
    server.add_url_rule("/assets/<name>", "asset", lambda name: send_from_directory(tmp_path, name))
    server.add_url_rule("/api/v1/cases", "api", lambda: Response(TEXT, content_type="application/json"))
    harden(server)
    yield server.test_client()


def test_a_text_is_sent_packed_to_who_unpacks(visitor: FlaskClient) -> None:
    answer = visitor.get("/assets/a.js", headers=PACKING)
    assert answer.headers["Content-Encoding"] == "gzip" and answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(answer.data).decode() == TEXT
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(TEXT) / 5
    assert visitor.get("/assets/a.js", headers=PACKING).data == answer.data


def test_who_has_it_is_told_so(visitor: FlaskClient) -> None:
    tag = visitor.get("/assets/a.js", headers=PACKING).headers["ETag"]
    assert visitor.get("/assets/a.js", headers=PACKING | {"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", ["/assets/small.js", "/assets/font.woff2", "/assets/none.js", "/api/v1/cases"])
def test_what_gains_nothing_or_is_somebody_s_is_not_packed(visitor: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in visitor.get(path, headers=PACKING).headers


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip;q=0, br"}, PACKING | {"Range": "bytes=0-9"}])
def test_who_does_not_unpack_or_wants_a_part_gets_plain_bytes(visitor: FlaskClient, headers: dict[str, str]) -> None:
    answer = visitor.get("/assets/a.js", headers=headers)
    assert "Content-Encoding" not in answer.headers and TEXT.encode().startswith(answer.data[:10])


def test_a_changed_file_is_packed_anew_and_old_ones_are_dropped(
    visitor: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "KEPT", 1)
    for words in (TEXT, TEXT + "2", TEXT):
        (tmp_path / "a.js").write_text(words, encoding="utf-8")
        assert gzip.decompress(visitor.get("/assets/a.js", headers=PACKING).data).decode() == words


def test_only_an_address_that_names_one_state_of_a_file_is_kept_for_ever(visitor: FlaskClient) -> None:
    paths = ("/assets/a.js?m=12.5", "/assets/a.js", "/assets/no.js?m=1", "/api/v1/cases?m=1")
    said = [visitor.get(path).headers["Cache-Control"] for path in paths]
    assert said == [FOR_EVER, "no-cache", "no-store", "no-store"]
