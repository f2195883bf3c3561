"""People of every role and scope who ask the running program through every channel."""

import json
from dataclasses import dataclass, field
from typing import Any

import requests
import socketio

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
        body = {"output": OUTPUT, "outputs": outputs, "inputs": inputs, "changedPropIds": ["_pages_location.search"]}
        headers = {"Origin": self.url, "X-CSRFToken": self.web.cookies.get("_csrf_token", "")}
        return self.web.post(f"{self.url}/_dash-update-component", json=body, headers=headers, timeout=30)

    def post(self, path: str, body: dict[str, str]) -> requests.Response:
        """A form."""
        form = self.web.get(f"{self.url}/account", timeout=30).text
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        headers = {"Origin": self.url}
        return self.web.post(self.url + path, {**body, "csrf_token": token}, headers=headers, allow_redirects=False)

    def watch(self, region: str) -> dict[str, Any]:
        """What a socket answers to a subscription, with the number of workers in its keyframe."""
        client = socketio.SimpleClient()
        cookies = "; ".join(f"{one.name}={one.value}" for one in self.web.cookies)
        headers = {"Cookie": cookies}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        try:
            client.connect(self.url, headers=headers, transports=["websocket"], wait_timeout=10)
        except socketio.exceptions.ConnectionError:
            return {"error": "refused"}
        try:
            answer: dict[str, Any] = client.call("subscribe", {"region": region, "positions": True}, timeout=10)
        finally:
            client.disconnect()
        return answer


def text_of(answer: dict[str, Any]) -> str:
    """An answer of a socket as text; frames are bytes and looked at by themselves."""
    return json.dumps(answer, ensure_ascii=False, default=lambda value: f"<{len(value)} bytes>")


def workers_of(answer: dict[str, Any]) -> int:
    """Workers in the frame of an answer."""
    return decode(answer["keyframe"]).n if answer.get("keyframe") else 0
