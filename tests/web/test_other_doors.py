"""Screens whose page is of another door of the household: they prove which device they are by its own key."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from socket import create_connection
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.journeys.screens import PASSWORD
from tests.peers.hub import RunningHub
from tests.peers.two_hubs import until
from wayhome.features.people import signing

pytestmark = pytest.mark.real


class Screen:
    """A device with a key, as a browser has it."""

    def __init__(self, hub: RunningHub) -> None:
        self.hub = hub
        self.page = hub.said["url"]
        self.door = f"https://localhost:{hub.port}"
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.stack = ExitStack()
        arrival = {"name": "Anna", "password": PASSWORD, "device": {"name": "Phone", "kind": "phone"}}
        with hub.api("") as api:
            first = not api.get("/api/door").json()["owner"]
            came = api.post(f"/api/door/{'owner' if first else 'password'}", json=arrival, headers={"Origin": hub.url})
            assert came.is_success, came.text
            self.device, self.token = came.json()["device"], came.cookies["wayhome"]
        self.says_key()

    def says_key(self) -> None:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        with self.hub.api(self.token) as api:
            assert api.post("/api/people/device_key", json={"key": text(point)}).is_success

    def signs(self, nonce: str, door: str) -> str:
        r, s = utils.decode_dss_signature(self.key.sign(signing.said(nonce, door), ec.ECDSA(hashes.SHA256())))
        return text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def opens(
        self, origin: str | None = None, cookie: str | None = None, called: str | None = None
    ) -> ClientConnection:
        """``called``: the door that the hub is told it is, where that is not the one of ``door``."""
        trust = ssl.create_default_context(cafile=str(self.hub.data / "ca.pem"))
        # This client writes while a thread of it reads. Python's TLS takes that only where nothing comes unasked, as
        # tickets of TLS 1.3 do: 1 request in 15 was lost, and none of 1,775 so.
        trust.maximum_version = ssl.TLSVersion.TLSv1_2
        headers = {"Cookie": f"wayhome={cookie}"} if cookie else {}
        url = f"{(called or self.door).replace('https', 'wss')}/api/live"
        wire = create_connection(("127.0.0.1", self.hub.port), 45)
        opening = connect(
            url,
            sock=wire,
            ssl=trust,
            server_hostname="localhost",
            origin=Origin(origin or self.page),
            additional_headers=headers,
        )
        return self.stack.enter_context(opening)

    def comes(self, door: str | None = None) -> tuple[ClientConnection, str]:
        """Prove itself; the socket and the pass."""
        socket = self.opens()
        socket.send(json.dumps({"t": "who", "device": self.device}))
        asked = hear(socket)
        assert asked["t"] == "prove"
        socket.send(json.dumps({"t": "proof", "signature": self.signs(asked["nonce"], door or self.door)}))
        said = hear(socket)
        return socket, said.get("pass", "")


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hear(socket: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(socket.recv(timeout=45))
    return found


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    hub = RunningHub(tmp_path_factory.mktemp("hub"), listen="0.0.0.0")
    hub.start()
    hub.cli("link", "add", "sim", "--set", "part=home", "--set", "delay=0")
    yield hub
    hub.stop()


@pytest.fixture
def screen(hub: RunningHub) -> Iterator[Screen]:
    screen = Screen(hub)
    yield screen
    screen.stack.close()


def me(screen: Screen, used: str) -> int:
    with screen.hub.api(used) as api:
        return api.get("/api/people/me").status_code


def test_a_screen_of_another_door_proves_its_key_and_is_who_it_is(screen: Screen) -> None:
    socket, used = screen.comes()
    socket.send(json.dumps({"t": "hello", "want": ["living-lamp/light.on", "hub/hub.doors"], "rate": 10}))
    shown: dict[str, Any] = {}
    while len(shown) < 2:
        shown |= hear(socket).get("set", {})
    assert shown["hub/hub.doors"][0][0] == screen.page and "living-lamp/light.on" in shown
    with screen.hub.api(used) as api:
        mine = api.get("/api/people/me", headers={"Origin": screen.page})
        assert mine.json()["device"] == screen.device
        assert mine.headers["access-control-allow-origin"] == screen.page
        question = {"Origin": screen.page, "Access-Control-Request-Method": "POST"}
        may = api.options("/api/home/set", headers=question)
        assert may.status_code == 204 and "authorization" in may.headers["access-control-allow-headers"]
        assert "PUT" in may.headers["access-control-allow-methods"]
        assert "x-piece-sha256" in may.headers["access-control-allow-headers"]
        # Pieces of files, too, for who has a pass: that there is no such file is said to who is known.
        piece = f"/api/files/piece/anna:{'0' * 26}/0"
        for method, used_then, status in (("PUT", used, 404), ("GET", used, 404), ("PUT", "wp_none", 401)):
            head = {"Origin": screen.page, "Authorization": f"Bearer {used_then}"}
            assert api.request(method, piece, content=b"x", headers=head).status_code == status
        policy = api.get("/").headers["content-security-policy"]
        assert f"connect-src 'self' {screen.page} {screen.page.replace('https', 'wss')}" in policy
    socket.close()
    assert until(lambda: me(screen, used) == 401), "the pass is good as long as the socket is open"


def test_a_stranger_has_no_say_and_a_cookie_none_either(screen: Screen) -> None:
    for origin in ("https://evil.example", screen.page.replace("https", "http"), "null"):
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            screen.opens(origin).recv(timeout=45)
        with screen.hub.api(screen.token) as api:
            answer = api.get("/api/people/me", headers={"Origin": origin})
            assert "access-control-allow-origin" not in answer.headers
            question = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            may = api.options("/api/home/set", headers=question)
            assert not [name for name in may.headers if name.startswith("access-control")]
    # Another door's page with the cookie, or with a token in its first word: only its key counts.
    socket = screen.opens(cookie=screen.token)
    socket.send(json.dumps({"t": "hello", "want": ["**"]}))
    assert hear(socket)["code"] == "sign_in_needed"
    socket = screen.opens()
    socket.send(json.dumps({"t": "auth", "token": screen.token}))
    assert hear(socket)["code"] == "sign_in_needed"
    with screen.hub.api("") as api:
        wish = {"path": "living-lamp/light.on", "target": True}
        headers = {"Origin": screen.page, "Cookie": f"wayhome={screen.token}", "Host": f"localhost:{screen.hub.port}"}
        assert api.post("/api/home/set", json=wish, headers=headers).status_code == 403


def test_what_is_signed_for_another_door_or_by_another_key_is_nothing(screen: Screen) -> None:
    assert screen.comes("https://relay.example:8443")[1] == ""
    other = ec.generate_private_key(ec.SECP256R1())
    right, screen.key = screen.key, other
    assert screen.comes()[1] == ""
    screen.key = right
    # A signature is good for its own question only.
    old = screen.signs("an-earlier-question", screen.door)
    for signature in (old, "", "AAAA", "x" * 5_000, text(b"\0" * 64)):
        socket = screen.opens()
        socket.send(json.dumps({"t": "who", "device": screen.device}))
        hear(socket)
        socket.send(json.dumps({"t": "proof", "signature": signature}))
        assert hear(socket)["code"] == "sign_in_needed"
    for device in ("nobody", "", "x" * 1_000):
        socket = screen.opens()
        socket.send(json.dumps({"t": "who", "device": device}))
        assert hear(socket)["t"] == "prove", "who asks learns nothing of whether there is such a device"
        socket.send(json.dumps({"t": "proof", "signature": old}))
        assert hear(socket)["code"] == "sign_in_needed"


def test_a_question_that_another_door_passes_on_is_not_asked(screen: Screen) -> None:
    """Somebody has a door of the household by an address (a car's hub, its certificate in a strange network): it calls
    the home by that address, to have the home's question signed by who knocks there."""
    for door in ("https://192.168.8.1:8300", f"https://192.168.8.1:{screen.hub.port}", "https://localhost:1"):
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            socket = screen.opens(called=door)
            socket.send(json.dumps({"t": "who", "device": screen.device}))
            signature = screen.signs(hear(socket)["nonce"], door)
            socket.send(json.dumps({"t": "proof", "signature": signature}))
            assert hear(socket)["t"] != "pass", "its signature is good for another door"


def test_who_is_signed_out_is_out_at_every_door(screen: Screen) -> None:
    socket, used = screen.comes()
    socket.send(json.dumps({"t": "hello", "want": ["hub/**"]}))
    assert me(screen, used) == 200
    screen.hub.cli("do", "people.revoke", f"device={screen.device}")
    with pytest.raises(ConnectionClosed):
        while True:
            hear(socket)
    assert me(screen, used) == 401
    assert screen.comes()[1] == ""


def test_a_key_is_void_once_somebody_signs_in_anew(screen: Screen) -> None:
    device = {"name": "Phone", "kind": "phone"}
    with screen.hub.api("") as api:
        headers = {"Origin": screen.hub.url, "Cookie": f"wayhome={screen.token}"}
        said = {"name": "Anna", "password": PASSWORD, "device": device}
        came = api.post("/api/door/password", json=said, headers=headers)
        assert came.is_success and came.json()["device"] == screen.device
        screen.token = came.cookies["wayhome"]
    assert screen.comes()[1] == ""
    screen.says_key()
    assert screen.comes()[1] != ""


def test_who_came_in_by_a_key_does_not_change_it_nor_what_asks_for_a_fresh_sign_in(screen: Screen) -> None:
    socket, used = screen.comes()
    other = (
        ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    with screen.hub.api(used) as api:
        assert api.post("/api/people/device_key", json={"key": text(other)}).status_code == 403
        invited = api.post("/api/sites/invite", json={})
        assert invited.json()["code"] == "fresh_sign_in_needed"
    # Signing in anew ends what came in by the key of before: its pass, and its socket.
    with screen.hub.api("") as api:
        headers = {"Origin": screen.hub.url, "Cookie": f"wayhome={screen.token}"}
        said = {"name": "Anna", "password": PASSWORD, "device": {"name": "Phone", "kind": "phone"}}
        assert api.post("/api/door/password", json=said, headers=headers).is_success
    until(lambda: me(screen, used) == 401)
    with pytest.raises(ConnectionClosed):
        while True:
            hear(socket)


def test_what_is_no_key_is_refused(screen: Screen) -> None:
    with screen.hub.api(screen.token) as api:
        for key in ("", "AAAA", "x" * 10_000, text(b"\4" + b"\1" * 64), text(b"\2" + b"\0" * 32)):
            assert api.post("/api/people/device_key", json={"key": key}).status_code == 400
    with screen.hub.api() as api:
        point = screen.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        assert api.post("/api/people/device_key", json={"key": text(point)}).status_code == 403
