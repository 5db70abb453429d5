"""The how-to of Home Assistant by a token, typed against a real one."""

from __future__ import annotations

import os
import pty
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import console
from tests.docs.demo import DemoHub
from tests.docs.page import sections
from tests.peers.homeassistant import HomeAssistant

pytestmark = pytest.mark.real
PAGE = "how-to/add-home-assistant.md"
ADDRESS = "http://homeassistant.local:8123"
PROMPT = "token (not shown): "


@pytest.fixture
def own_demo(tmp_path: Path) -> Iterator[DemoHub]:
    """A demo hub of this test's own: it becomes a real household."""
    hub = DemoHub(tmp_path)
    hub.start()
    yield hub
    hub.stop()


def test_the_steps_lead_to_a_lamp(own_demo: DemoHub, homeassistant: HomeAssistant, tmp_path: Path) -> None:
    homeassistant.service("light", "turn_off", entity_id="light.bed_light")
    blocks = [b for found in sections(PAGE) for b in found.blocks if b.title == "home assistant"]
    for step in (step for block in blocks for step in console.steps(block.text)):
        until = time.monotonic() + 30
        while True:
            command = step.command.replace(ADDRESS, homeassistant.url)
            printed = _typed(command, own_demo.environment(), tmp_path, homeassistant.token)
            # Connecting takes a moment: what only looks is asked again.
            if console.fits(step.shown, printed) or time.monotonic() > until or " link add " in command:
                break
            time.sleep(0.2)
        assert console.fits(step.shown, printed), f"$ {command}\n" + "\n".join(printed)
    assert homeassistant.state("light.bed_light")["state"] == "on"


def _typed(command: str, environment: dict[str, str], folder: Path, secret: str) -> list[str]:
    """What a command prints on a terminal, where ``secret`` is typed when it is asked for."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe("bash", ["bash", "-c", command], environment)
    said = b""
    typed = False
    while True:
        try:
            piece = os.read(terminal, 4_096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        said += piece
        if not typed and said.endswith(PROMPT.encode()):
            os.write(terminal, f"{secret}\n".encode())
            typed = True
    os.waitpid(pid, 0)
    os.close(terminal)
    assert secret.encode() not in said
    return said.decode().replace("\r\n", "\n").splitlines()
