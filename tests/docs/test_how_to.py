"""The tutorial and the how-to pages: their commands are run, their code is loaded and used, their labels exist."""

from __future__ import annotations

import asyncio
import configparser
import os
import re
import shlex
import subprocess
import sys
import tomllib
import types
from pathlib import Path

import click
import pytest

from tests.docs import console
from tests.docs.demo import DemoHub
from tests.docs.page import DOCS, Block, sections
from tests.hub.two_sites import until
from tests.world import World, lamp
from wayhome import config
from wayhome.adapters.catalog_files import load_catalog
from wayhome.adapters.vault_key import CREDENTIAL
from wayhome.cli import main
from wayhome.core.value import Fact
from wayhome.hub.feature import Feature
from wayhome.hub.link import Link

pytestmark = pytest.mark.anyio
PAGES = [
    p.relative_to(DOCS).as_posix() for folder in ("how-to", "tutorial") for p in sorted((DOCS / folder).glob("*.md"))
]
BLOCKS = [(page, block) for page in PAGES for found in sections(page) for block in found.blocks]
DEMO = [(page, block) for page, block in BLOCKS if block.language == "console" and block.title == "demo"]


def block_of(page: str, title: str) -> Block:
    return next(block for name, block in BLOCKS if name == page and block.title == title)


def module_of(page: str, title: str) -> types.ModuleType:
    """The Python of a page, loaded as the module that it says it is."""
    module = types.ModuleType(title.removesuffix(".py"))
    sys.modules[module.__name__] = module  # msgspec looks its types up there
    exec(compile(block_of(page, title).text, f"{page}:{title}", "exec"), module.__dict__)
    return module


@pytest.mark.parametrize(("page", "block"), DEMO, ids=[f"{page} {block.line}" for page, block in DEMO])
def test_the_commands_print_what_the_page_shows(page: str, block: Block, demo: DemoHub, tmp_path: Path) -> None:
    for step, printed in console.run(block.text, tmp_path, demo.environment()):
        assert console.fits(step.shown, printed), f"{page}:{block.line}: $ {step.command}\n" + "\n".join(printed)


@pytest.mark.parametrize(("page", "block"), [(p, b) for p, b in BLOCKS if b.language == "console"])
def test_every_command_of_ours_exists(page: str, block: Block) -> None:
    for step in console.steps(block.text):
        words = shlex.split(step.command.partition(" | ")[0].replace("$(", "(").partition("#")[0])
        words = words[words.index("-u") + 2 :] if words[:2] == ["sudo", "-u"] else words
        if words and words[0].endswith("wayhome"):
            _known(words[1:])
        elif words and words[0].startswith("script/"):
            assert (DOCS.parent / words[0]).exists(), step.command


def _known(words: list[str]) -> None:
    """Whether a command line of ours is one: its command, and each option."""
    command: click.Command = main
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, words
        command, words = found, words[1:]
    options = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= options, words


def test_the_labels_are_those_of_the_page() -> None:
    words = "".join(path.read_text() for path in sorted((DOCS.parent / "web/src/lib/i18n/en").rglob("*.ts")))
    known = set(re.findall(r'^\s+"[^"]+": "([^"]+)",?$', words, re.M))
    known |= {"Anna"}  # of the demo
    how_to = ("add-home-assistant", "back-up-and-restore", "trusted-tls")
    for page in ("tutorial/first-evening.md", *(f"how-to/{name}.md" for name in how_to)):
        for label in re.findall(r"\*\*([^*]+)\*\*", (DOCS / page).read_text()):
            assert " ".join(label.split()) in known, f"{page}: {label}"


async def test_the_link_switches_a_lamp_and_says_when_it_can_not(tmp_path: Path) -> None:
    (tmp_path / "max_brightness").write_text("255\n")
    (tmp_path / "brightness").write_text("0\n")
    link = module_of("how-to/write-a-link.md", "wayhome_led.py").link
    assert isinstance(link, Link)
    async with World() as world:
        world.hub.links.kinds[link.name] = link
        instance = await world.hub.links.add("led", "Power LED", {"folder": str(tmp_path)}, {}, world.context())
        session = await world.session()

        async def until(path: str, value: object) -> None:
            async with asyncio.timeout(45):
                while session.read([path]).get(path, [None])[0] != value:
                    await asyncio.sleep(0.01)

        await until("power-led/light.on", False)
        await session.act("power-led/light.on", True)
        await until("power-led/light.on", True)
        assert (tmp_path / "brightness").read_text() == "255"
        await session.act("power-led/light.brightness", 40)
        await until("power-led/light.brightness", 40.0)
        (tmp_path / "brightness").write_text("0")  # somebody else switched it
        await until("power-led/light.on", False)
        (tmp_path / "brightness").unlink()
        await until("power-led/thing.online", False)
        assert instance.status.state == "waiting"
        assert instance.status.detail is not None
        assert "No such file" in instance.status.detail


async def test_the_feature_puts_the_lamps_out_and_keeps_when_it_rang() -> None:
    feature = module_of("how-to/write-a-feature.md", "wayhome_evening.py").feature
    assert isinstance(feature, Feature)
    async with World(features={"evening": feature}) as world:
        world.puppet.host.announce([lamp(), lamp("hall"), lamp("bed")])
        world.puppet.host.report([Fact(f"{id}/light.on", id != "bed") for id in ("lamp", "hall", "bed")])
        session = await world.session()
        assert (await session.call("evening.lamps_out", {"but": ["hall"]})).lamps == ["lamp"]
        await until(lambda: world.puppet.taken)
        assert [(c.path, c.target) for c in world.puppet.taken] == [("lamp/light.on", False)]
        await world.happen("DoorbellRang")
        await until(lambda: "@preference/doorbell" in session.read(["@preference/*"]))
        assert session.read(["@preference/*"])["@preference/doorbell"][0] == {"rang_at": world.clock.at}


@pytest.mark.parametrize("page", ["how-to/write-a-link.md", "how-to/write-a-feature.md"])
def test_the_code_is_strictly_typed_and_its_entry_point_is_in_it(page: str, tmp_path: Path) -> None:
    (code,) = [block for name, block in BLOCKS if name == page and block.language == "python"]
    (tmp_path / code.title).write_text(code.text)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", code.title],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(DOCS.parent / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    project = tomllib.loads(block_of(page, "pyproject.toml").text)["project"]
    for group in project["entry-points"].values():
        for name, place in group.items():
            module, _, attribute = place.partition(":")
            assert f"{module}.py" == code.title
            assert getattr(module_of(page, code.title), attribute).name == name


def test_the_specification_file_is_taken(tmp_path: Path) -> None:
    page = "how-to/use-another-vss-file.md"
    file = tmp_path / "my-car.jsonl"
    file.write_text(block_of(page, file.name).text)
    catalog = load_catalog(file)
    assert catalog.signal("Vehicle.Maker.Massage.Level").kind == "actuator"
    assert catalog.find("Vehicle.Cabin.DoorCount") is None
    (tmp_path / config.FILE).write_text(block_of(page, config.FILE).text)
    assert config.load(tmp_path).vss == "/etc/wayhome/my-car.jsonl"


def test_the_units_run_what_there_is() -> None:
    for page, block in BLOCKS:
        if block.language != "ini":
            continue
        unit = configparser.RawConfigParser(strict=True)
        unit.optionxform = str  # type: ignore[assignment]
        unit.read_string(block.text)
        start = unit.get("Service", "ExecStart", fallback="")
        if start.startswith("/opt/wayhome/bin/wayhome "):
            words = shlex.split(start)[1:]
            _known(words)
            if words[0] == "up":  # a relay keeps nothing, so it has nothing to seal
                assert unit.get("Service", "LoadCredential").startswith(f"{CREDENTIAL}:"), page
