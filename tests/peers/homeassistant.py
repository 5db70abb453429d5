"""A real Home Assistant with its demo house, a car and its recorder.

The car is an integration of the tests' own (car_integration/), as real as a maker's to Home Assistant: a device with
battery, range, charging, lock, climate, location.

From .peers/homeassistant (made by script/setup). Started without ``default_config`` it serves after about 4 s, of
which the first start's database and the demo's own set-up are the most; a restart takes about the same.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Page
from websockets.sync.client import connect

from tests.peers.program import Program, free_port, missing

HOME = Path(__file__).parents[2] / ".peers" / "homeassistant"
CAR = Path(__file__).parent / "car_integration"
NAME, USER, PASSWORD = "Ada", "ada", "correct horse battery staple"
CLIENT = "http://127.0.0.1/"

CONFIGURATION = """\
homeassistant:
  name: Demo house
  unit_system: metric
  time_zone: Europe/Berlin
  latitude: 52.52
  longitude: 13.4
  elevation: 34
  country: DE
  language: en
http:
  server_host: 127.0.0.1
  server_port: {port}
recorder:
  commit_interval: 1
logger:
  default: warning
demo:
testcar:
"""


class HomeAssistant:
    """One Home Assistant. ``url`` and ``token`` (a long-lived one of its owner) are there after ``start``.

    ``extra`` is YAML that is added to its configuration: template entities, scripts, scenes.
    """

    def __init__(self, folder: Path, extra: str = "") -> None:
        program = HOME / "bin" / "hass"
        if not program.exists():
            missing("homeassistant")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = ""
        self.took = 0.0
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(CAR, folder / "custom_components" / "testcar", dirs_exist_ok=True)
        (folder / "configuration.yaml").write_text(CONFIGURATION.format(port=self.port) + extra)
        self._program = Program(
            "homeassistant",
            [str(program), "--config", str(folder), "--skip-pip", "--log-file", str(folder / "full.log")],
            folder,
        )

    @property
    def running(self) -> bool:
        return self._program.running

    @property
    def pid(self) -> int:
        return self._program.pid

    def start(self) -> None:
        """Start it and wait until all of the demo house is there. The first time its owner is made as well."""
        began = time.monotonic()
        self._program.start(self._answers, 120)
        if not self.token:
            self.token = self._onboard()
        while not self._complete():
            if time.monotonic() - began > 120 or not self.running:
                raise RuntimeError(f"Home Assistant did not finish its start:\n{self._program.tail()}")
            time.sleep(0.05)
        self.took = time.monotonic() - began

    def stop(self) -> None:
        """End it in good order: it says goodbye to its clients and writes its state."""
        self._program.stop(60)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._program.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing is answered."""
        self._program.pause()

    def resume(self) -> None:
        self._program.resume()

    def log(self) -> str:
        """What it has logged since its start."""
        return (self._folder / "full.log").read_text("utf-8", "replace")

    def get(self, path: str) -> Any:
        """GET of its REST API: ``/api/states``."""
        return self._call("GET", path).json()

    def state(self, entity: str) -> dict[str, Any]:
        """One entity's state and attributes. Raises KeyError when there is none."""
        answer = httpx.get(f"{self.url}/api/states/{entity}", headers=self._headers(), timeout=30)
        if answer.status_code == 404:
            raise KeyError(entity)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def service(self, domain: str, service: str, **data: object) -> None:
        """Call a service as its owner would from its own screen: ``service("light", "turn_on", entity_id=…)``."""
        self._call("POST", f"/api/services/{domain}/{service}", data)

    def car(self, **values: object) -> None:
        """Let the car report something new, by the names of car_integration/car.py: ``car(battery=40, awake=True)``."""
        self.service("testcar", "report", **values)

    def put_state(self, entity: str, state: str, **attributes: object) -> None:
        """Set a state as a device would report it; an unknown entity appears."""
        self._call("POST", f"/api/states/{entity}", {"state": state, "attributes": attributes})

    def drop_state(self, entity: str) -> None:
        """Take an entity's state away."""
        self._call("DELETE", f"/api/states/{entity}")

    def ask(self, **frame: object) -> Any:
        """One command on its WebSocket as the owner, and its result: ``ask(type="config/area_registry/list")``.
        Raises RuntimeError with Home Assistant's own words when it says no."""
        with connect(self.url.replace("http", "ws") + "/api/websocket", max_size=None, open_timeout=60) as socket:
            socket.recv()
            socket.send(json.dumps({"type": "auth", "access_token": self.token}))
            hello = json.loads(socket.recv())
            if hello["type"] != "auth_ok":
                raise RuntimeError(str(hello))
            socket.send(json.dumps({"id": 1, **frame}))
            answer = json.loads(socket.recv())
            if not answer.get("success"):
                raise RuntimeError(str(answer.get("error", answer)))
            return answer["result"]

    def join_broker(self, port: int) -> None:
        """Set its MQTT integration up, with the broker on this machine at ``port``, as its owner does it by hand."""
        flow = self._call("POST", "/api/config/config_entries/flow", {"handler": "mqtt"}).json()
        data = {"broker": "127.0.0.1", "port": port}
        done = self._call("POST", f"/api/config/config_entries/flow/{flow['flow_id']}", data).json()
        if done["type"] != "create_entry":
            raise RuntimeError(str(done))

    def add(self, domain: str, **answers: object) -> None:
        """Set an integration up, with these answers and else those that it proposes."""
        step = self._call("POST", "/api/config/config_entries/flow", {"handler": domain}).json()
        while step["type"] == "form":
            if step.get("errors"):
                raise RuntimeError(str(step["errors"]))
            fields = step["data_schema"] or ()
            data = {field["name"]: field["default"] for field in fields if field.get("default") is not None}
            data |= {field["name"]: answers[field["name"]] for field in fields if field["name"] in answers}
            step = self._call("POST", f"/api/config/config_entries/flow/{step['flow_id']}", data).json()
        if step["type"] != "create_entry":
            raise RuntimeError(str(step))

    def leave_broker(self) -> None:
        """Take its MQTT integration out again."""
        self.remove("mqtt")

    def remove(self, domain: str) -> None:
        """Take an integration out."""
        for entry in self.get("/api/config/config_entries/entry"):
            if entry["domain"] == domain:
                self._call("DELETE", f"/api/config/config_entries/entry/{entry['entry_id']}")

    def tokens(self, code: str, client: str = CLIENT) -> dict[str, Any]:
        """An authorization code of its OAuth for ``access_token`` and ``refresh_token``."""
        form = {"grant_type": "authorization_code", "code": code, "client_id": client}
        answer = httpx.post(f"{self.url}/auth/token", data=form, timeout=30)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def revoke(self, token: str) -> None:
        """Make a refresh token (and the access tokens that came of it) worthless."""
        httpx.post(f"{self.url}/auth/revoke", data={"token": token}, timeout=30).raise_for_status()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/onboarding", timeout=20).status_code == 200
        except httpx.HTTPError:
            return False

    def _complete(self) -> bool:
        # It writes its sign-ins a second late: a power cut before that would take our token along.
        kept = self._folder / ".storage" / "auth"
        if not kept.exists() or '"client_name": "tests"' not in kept.read_text():
            return False
        # "RUNNING" comes before the demo's platforms have added their entities, and after a restart the ones of before
        # stand there as unavailable until then.
        there = {one["entity_id"] for one in self.get("/api/states") if one["state"] != "unavailable"}
        last = {"light.bed_light", "lock.front_door", "device_tracker.demo_paulus", "lock.family_car_doors"}
        return bool(self.get("/api/config")["state"] == "RUNNING" and last <= there)

    def _onboard(self) -> str:
        owner = {"name": NAME, "username": USER, "password": PASSWORD, "client_id": CLIENT, "language": "en"}
        made = httpx.post(f"{self.url}/api/onboarding/users", json=owner, timeout=60).raise_for_status().json()
        self.token = self.tokens(made["auth_code"])["access_token"]
        token: str = self.ask(type="auth/long_lived_access_token", client_name="tests", lifespan=365)
        return token

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _call(self, method: str, path: str, body: object = None) -> httpx.Response:
        answer = httpx.request(method, self.url + path, headers=self._headers(), json=body, timeout=30)
        return answer.raise_for_status()


async def sign_in(page: Page) -> None:
    """On Home Assistant's own sign-in page (where its OAuth begins), sign in as its owner; it then sends the browser
    back to who asked."""
    await page.locator("input[name=username]").fill(USER)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
