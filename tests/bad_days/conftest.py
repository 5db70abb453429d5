"""One demo hub for the tests of its doors, as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.peers.hub import RunningHub


class Demo:
    """A running demo household."""

    def __init__(self, hub: RunningHub) -> None:
        self.hub = hub
        self._before = len(hub.log)

    def token(self, person: str) -> str:
        """A fresh device token of somebody's."""
        with self.hub.api("") as door:
            door.post("/api/door/demo", json={"person": person}).raise_for_status()
            return str(door.cookies["wayhome"])

    def api(self, person: str | None) -> httpx.Client:
        """An HTTP client of somebody's; None: of nobody's."""
        return self.hub.api("" if person is None else self.token(person))

    def well(self) -> None:
        """It runs, nothing crashed inside, and a wish is still taken."""
        said = self.hub.log[self._before :]
        assert "crashed" not in said, said
        # An answer that the server could not send, as the request broke off in a way that is none: that is no crash.
        assert said.count("Exception in ASGI") == said.count("h11._util.LocalProtocolError"), said
        with self.hub.api() as owner:
            order = {"path": "living-lamp/light.brightness", "target": 42}
            assert owner.post("/api/home/set", json=order).status_code == 200


@pytest.fixture(scope="session")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    hub = RunningHub(tmp_path_factory.mktemp("demo"), "--demo", "--no-sites")
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def demo(_demo: RunningHub) -> Iterator[Demo]:
    """The demo hub of this test run. A test leaves its household usable, and the hub well."""
    found = Demo(_demo)
    yield found
    found.well()
