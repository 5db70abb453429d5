"""Fixtures for all tests: the event loop, hypothesis' profiles, and the real peers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.async_api import expect

from tests.peers.acme import Names, Pebble
from tests.peers.homeassistant import HomeAssistant
from tests.peers.maps import MadeMaps
from tests.peers.mosquitto import Mosquitto
from tests.peers.nats import Nats
from tests.peers.push_service import PushService

SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
# A fixed sample everywhere; script/soak runs fresh seeds, and many.
settings.register_profile("ci", derandomize=True, max_examples=60, deadline=None, suppress_health_check=SLOW)
settings.register_profile("soak", max_examples=5_000, deadline=None, suppress_health_check=SLOW)
settings.load_profile("soak" if os.environ.get("WAYHOME_SOAK") == "1" else "ci")

# A machine that is busy takes longer; how long something may take is said in bench/.
expect.set_options(timeout=20_000)


def pytest_report_header(config: pytest.Config) -> str | None:
    return None if _long(config) else "long tests are left to script/soak (-m long runs them)"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked ``long``, unless it is asked for."""
    left = [] if _long(config) else [item for item in items if item.get_closest_marker("long")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _long(config: pytest.Config) -> bool:
    named = config.getoption("markexpr") or config.getoption("keyword") or any("::" in arg for arg in config.args)
    return bool(named) or os.environ.get("WAYHOME_SOAK") == "1"


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Every async test runs on asyncio's own loop."""
    return "asyncio", {"use_uvloop": False}


@pytest.fixture(scope="session")
def soak() -> bool:
    """Whether this is the long run with the full counts (script/soak)."""
    return os.environ.get("WAYHOME_SOAK") == "1"


@pytest.fixture(scope="session")
def _homeassistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HomeAssistant]:
    peer = HomeAssistant(tmp_path_factory.mktemp("homeassistant"))
    peer.start()
    yield peer
    peer.kill()


@pytest.fixture
def homeassistant(_homeassistant: HomeAssistant) -> HomeAssistant:
    """The real Home Assistant of this test run, up. A test may stop, kill, pause or restart it; the next test gets
    it running again. Its states are shared: a test sets first what it relies on."""
    if not _homeassistant.running:
        _homeassistant.start()
    return _homeassistant


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A real MQTT broker, at its ``port``."""
    peer = Mosquitto(tmp_path_factory.mktemp("mosquitto"))
    peer.up()
    yield peer
    peer.kill()


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    """A real NATS server, at its ``url``."""
    peer = Nats(tmp_path_factory.mktemp("nats"))
    peer.up()
    yield peer
    peer.kill()


@pytest.fixture(scope="session")
def made_maps(tmp_path_factory: pytest.TempPathFactory) -> MadeMaps:
    """Maps of real extracts, each made once in a test run."""
    base = tmp_path_factory.getbasetemp()
    # With several workers each has a folder of its own in that of the run.
    return MadeMaps((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made-maps")


@pytest.fixture(scope="session")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Names]:
    """A real name server whose zone can be changed with its TSIG key."""
    peer = Names(tmp_path_factory.mktemp("named"))
    peer.up()
    yield peer
    peer.kill()


@pytest.fixture(scope="session")
def pebble(names: Names, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pebble]:
    """A real ACME authority that checks DNS challenges at ``names``."""
    peer = Pebble(tmp_path_factory.mktemp("pebble"), names)
    peer.up()
    yield peer
    peer.kill()


@pytest.fixture(scope="session")
def _push_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushService]:
    peer = PushService(tmp_path_factory.mktemp("push"))
    peer.up()
    yield peer
    peer.down()


@pytest.fixture
def push_service(_push_service: PushService) -> Iterator[PushService]:
    """The real push service of this test run, up, with nothing that came before."""
    _push_service.fresh()
    yield _push_service
    _push_service.fresh()
