"""People of every role and scope who ask the running program through every channel."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

import requests
import socketio
import websocket

from dashboard.domain.frames import decode

PASSWORD = "correct horse battery"
OUTPUT = ".._pages_content.children..._pages_store.data.."


@dataclass
class Person:
    """Somebody who is signed in; ``key`` instead for a machine."""

    url: str
    role: str
    scope: str
    name: str = ""
    key: str = ""
    web: requests.Session = field(default_factory=requests.Session)

    def sign_in(self) -> None:
        """Through the form, as a browser does."""
        form = self.web.get(f"{self.url}/login").text
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        body = {"name": self.name, "password": PASSWORD, "csrf_token": token}
        answer = self.web.post(f"{self.url}/login", body, headers={"Origin": self.url}, allow_redirects=False)
        assert answer.status_code == 303, (answer.status_code, answer.text[:500])

    def get(self, path: str) -> requests.Response:
        """A page, file or answer of the API."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return self.web.get(self.url + path, headers=headers, allow_redirects=False, timeout=30)

    def click(self, path: str, query: str = "") -> requests.Response:
        """The callback of the pages' router."""
        if "_csrf_token" not in self.web.cookies:
            self.web.get(self.url + "/account", timeout=30)
        outputs = [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}]
        inputs = [
            {"id": "_pages_location", "property": "pathname", "value": path},
            {"id": "_pages_location", "property": "search", "value": query},
        ]
        changed = ["_pages_location.search"]
        body: Any = {"output": OUTPUT, "outputs": outputs, "inputs": inputs, "changedPropIds": changed}
        headers = {"Origin": self.url, "X-CSRFToken": self.web.cookies.get("_csrf_token") or ""}
        return self.web.post(f"{self.url}/_dash-update-component", json=body, headers=headers, timeout=30)

    def post(self, path: str, body: dict[str, str]) -> requests.Response:
        """A form."""
        form = self.web.get(f"{self.url}/account", timeout=30).text
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        headers = {"Origin": self.url}
        return self.web.post(self.url + path, {**body, "csrf_token": token}, headers=headers, allow_redirects=False)

    def is_let_in(self) -> bool:
        """Whether the door lets a socket of this person in: ``40`` and an id, or ``44`` and an error."""
        url = f"{self.url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        line = websocket.create_connection(url, header=self._shown(), timeout=10)
        try:
            line.recv()
            line.send("40")
            return str(line.recv()).startswith("40")
        finally:
            line.shutdown()  # type: ignore[no-untyped-call]

    def _shown(self) -> dict[str, str]:
        if self.key:
            return {"Authorization": f"Bearer {self.key}"}
        return {"Cookie": "; ".join(f"{one.name}={one.value}" for one in self.web.cookies)}

    @contextmanager
    def screen(self) -> Iterator["Screen"]:
        """A socket of this person."""
        screen = Screen()
        screen.client.connect(self.url, headers=self._shown(), transports=["websocket"], wait_timeout=10)
        try:
            yield screen
        finally:
            screen.close()


class Screen:
    """A socket that keeps everything it is sent and acknowledges it, so that more comes."""

    def __init__(self) -> None:
        self.client = socketio.Client(reconnection=False)
        self.edition = self.slab = 0
        self.heard: list[str] = []
        self.slots: list[int] = []
        self.changed = Condition()
        self.client.on("delta", self._delta)
        self.client.on("frame", self._frame)

    def subscribe(self, region: str) -> dict[str, Any]:
        """What the hub answers."""
        answer: dict[str, Any] = self.client.call("subscribe", {"region": region, "positions": True}, timeout=10)
        if answer.get("keyframe"):
            self.edition, self.slab = answer["edition"], decode(answer["keyframe"]).slab
            self._acknowledge()
        return answer

    def wait_for(self, words: str, seconds: float = 20) -> None:
        """Until a delta holds these words."""
        with self.changed:
            assert self.changed.wait_for(lambda: words in "".join(self.heard), seconds), words

    def close(self) -> None:
        """Leave without the closing handshake, for which this client would wait three seconds."""
        if self.client.connected:
            self.client.eio.ws.sock.shutdown(socket.SHUT_RDWR)
            self.client.wait()

    def _delta(self, message: dict[str, Any]) -> None:
        with self.changed:
            self.heard.append(text_of(message))
            self.edition = message["to"]
            self.changed.notify_all()
        self._acknowledge()

    def _frame(self, payload: bytes) -> None:
        frame = decode(payload)
        with self.changed:
            self.slots.append(frame.n)
            self.slab = frame.slab
        self._acknowledge()

    def _acknowledge(self) -> None:
        self.client.emit("got", {"edition": self.edition, "slab": self.slab})


def text_of(answer: dict[str, Any]) -> str:
    """An answer of a socket as text; frames are bytes and looked at by themselves."""
    return json.dumps(answer, ensure_ascii=False, default=lambda value: f"<{len(value)} bytes>")


def workers_of(answer: dict[str, Any]) -> int:
    """Workers in the frame of an answer."""
    return decode(answer["keyframe"]).n if answer.get("keyframe") else 0
