"""A real push service, web-push-testing: it checks who sends and decrypts what came, as the browser's maker and the
browser would. It speaks plain HTTP, so a door with TLS stands before it, that tests can also have answer as push
services do on bad days; and ``web-push``, the usual sender, to compare ours with."""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from tests.peers.certificates import self_signed
from tests.peers.program import Program, accepts, find, free_port, missing

HERE = Path(__file__).parent / "push"
PACKAGES = HERE / "node_modules"
NODE = Path(sys.executable).parent / "node"


class Post:
    """One message as it came: its headers by their names in small letters, its body, when, and what was answered."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path = path
        self.headers = headers
        self.body = body
        self.at = time.monotonic()
        self.status = 0
        self.reason = ""


class PushService(Program):
    """A push service at ``https://localhost:PORT`` whose certificate is ``certificate``. ``posts``: what came."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        server = PACKAGES / "web-push-testing" / "src" / "bin" / "server.js"
        if not server.exists():
            missing("web-push-testing")
        self.port = free_port()
        super().__init__("push", [find("node", NODE), str(server), str(self.port)], folder)
        self.certificate, self._key = self_signed(folder, "localhost")
        self.posts: list[Post] = []
        self.bad_days: list[tuple[int, dict[str, str]]] = []
        """What the door answers to the next messages instead of letting them in, one each."""
        self.hangs = threading.Event()
        """While set, messages are taken and never answered."""
        self._door: ThreadingHTTPServer | None = None

    def up(self) -> None:
        """Start it and wait until it listens."""
        self.start(lambda: accepts(self.port), 30)
        self._door = _door(self)
        threading.Thread(target=self._door.serve_forever, args=(0.05,), daemon=True).start()

    def down(self) -> None:
        if self._door is not None:
            self._door.shutdown()
            self._door.server_close()
        self.kill()

    def fresh(self) -> None:
        """As if nothing had come yet."""
        self.posts.clear()
        self.bad_days.clear()
        self.hangs.clear()

    @property
    def url(self) -> str:
        assert self._door is not None
        return f"https://localhost:{self._door.server_address[1]}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def subscribe(self, key: str) -> Browser:
        """A browser subscribes, with the hub's key."""
        answer = self._ask("subscribe", userVisibleOnly="true", applicationServerKey=key)
        made = answer.raise_for_status().json()["data"]
        return Browser(self, made["clientHash"], made["keys"]["p256dh"], made["keys"]["auth"])

    def _ask(self, path: str, **data: str) -> httpx.Response:
        with httpx.Client(trust_env=False, timeout=10) as client:
            return client.post(f"http://localhost:{self.port}/{path}", data=data)

    def until(self, true: Callable[[], bool], seconds: float = 30) -> None:
        """Wait for something to come true here. For tests that run beside a hub of their own process."""
        began = time.monotonic()
        while not true():
            assert time.monotonic() - began < seconds, [f"{p.status} {p.reason}" for p in self.posts]
            time.sleep(0.02)


class Browser:
    """A browser's subscription at the push service, which decrypts for it."""

    def __init__(self, service: PushService, hash: str, p256dh: str, auth: str) -> None:
        self._service = service
        self._hash = hash
        # It gives them as plain base64.
        self.p256dh, self.auth = (key.translate({43: "-", 47: "_", 61: None}) for key in (p256dh, auth))
        self.endpoint = f"{service.url}/notify/{hash}"

    @property
    def subscription(self) -> dict[str, str]:
        """As ``notices.subscribe`` takes it."""
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}

    @property
    def posts(self) -> list[Post]:
        """What came for it, taken or not."""
        return [post for post in self._service.posts if post.path.endswith(self._hash)]

    def told(self) -> list[dict[str, Any]]:
        """The messages that it got, decrypted."""
        found = self._service._ask("get-notifications", clientHash=self._hash).raise_for_status()
        return [json.loads(message) for message in found.json()["data"]["messages"]]

    def expire(self) -> None:
        """The browser has dropped its subscription."""
        self._service._ask(f"expire-subscription/{self._hash}").raise_for_status()


def details(subscription: dict[str, Any], payload: str, options: dict[str, Any]) -> dict[str, Any]:
    """What ``web-push``, the usual sender, would send: endpoint, method, headers, and the body in base64."""
    script = """
      const push = require("web-push");
      const [subscription, payload, options] = JSON.parse(process.argv[1]);
      const made = push.generateRequestDetails(subscription, payload, options);
      console.log(JSON.stringify({ ...made, body: made.body.toString("base64") }));
    """
    if not (PACKAGES / "web-push").exists():
        missing("web-push")
    done = subprocess.run(
        [find("node", NODE), "-e", script, json.dumps([subscription, payload, options])],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _door(service: PushService) -> ThreadingHTTPServer:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            return

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            post = Post(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            if service.hangs.is_set():
                service.posts.append(post)
                while service.hangs.is_set():
                    time.sleep(0.02)
                self.close_connection = True
                return
            if service.bad_days:
                status, headers = service.bad_days.pop(0)
                self._answer(post, status, b"", headers)
                return
            inside = http.client.HTTPConnection("localhost", service.port, timeout=10)
            passed = {n: v for n, v in self.headers.items() if n.lower() not in ("host", "connection")}
            inside.request("POST", self.path, body, passed)
            answer = inside.getresponse()
            said = answer.read()
            inside.close()
            self._answer(post, answer.status, said, {})

        def _answer(self, post: Post, status: int, said: bytes, headers: dict[str, str]) -> None:
            post.status, post.reason = status, said.decode(errors="replace")
            service.posts.append(post)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    class Listener(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            return  # a caller that hangs up is the caller's matter

    made = Listener(("127.0.0.1", 0), Door)
    made.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(service.certificate, service._key)
    # A caller that does not trust us must not end the door: the handshake is each connection's own.
    made.socket = context.wrap_socket(made.socket, server_side=True, do_handshake_on_connect=False)
    return made
