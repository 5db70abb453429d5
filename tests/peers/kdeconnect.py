"""A real KDE Connect device: Debian's kdeconnectd without a screen, at a place with a network of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.peers.places import Places
from tests.peers.program import Program, find

DAEMON, DEVICES = "/modules/kdeconnect", "/modules/kdeconnect/devices"
NAME = "org.kde.kdeconnect"
# Solid's own backend for devices that are not there: a battery at a charge that a test says.
BATTERY = """<machine>
<device udi="/org/kde/solid/fakehw/battery">
<property key="name">Battery</property>
<property key="interfaces">Battery</property>
<property key="isPresent">true</property>
<property key="batteryType">primary</property>
<property key="isPowerSupply">true</property>
<property key="currentLevel">{charge}</property>
<property key="lastFullLevel">100</property>
<property key="chargeState">{state}</property>
</device>
</machine>
"""


class Display(Program):
    """A screen without a screen, for a clipboard that other programs share: Xvfb, and xclip to copy and paste."""

    _numbers = itertools.count(100 + 10 * (os.getpid() % 5_000))
    """Displays are told apart by number on the whole machine: each test's is its own."""

    def __init__(self, folder: Path, before: list[str]) -> None:
        self.display = f":{next(self._numbers)}"
        super().__init__("Xvfb", [*before, find("Xvfb"), self.display, "-screen", "0", "320x240x24"], folder)
        self._before = before
        self._env = {**os.environ, "DISPLAY": self.display}

    def copy(self, text: str) -> None:
        """xclip stays, and gives the text to whoever asks, until somebody else copies."""
        command = [*self._before, find("xclip"), "-selection", "clipboard"]
        subprocess.run(command, input=text, text=True, env=self._env, check=True, stdout=subprocess.DEVNULL)

    def text(self, selection: str) -> str:
        """What is copied; "-": there is no display yet."""
        command = [*self._before, find("xclip"), "-o", "-selection", selection]
        done = subprocess.run(command, capture_output=True, text=True, env=self._env, check=False, timeout=30)
        return "-" if "open display" in done.stderr else done.stdout


class Desktop(Program):
    """What shows notifications on a computer: dunst, on the display and bus of a device."""

    def __init__(self, folder: Path, before: list[str], env: dict[str, str]) -> None:
        super().__init__("dunst", [*before, find("dunst")], folder, env)


class KdeConnect:
    """As ``with KdeConnect(folder, places, "pocket", "Phone") as phone``."""

    def __init__(self, folder: Path, places: Places, place: str, name: str, *, display: bool = False) -> None:
        self.folder, self.name, self.place, self.places = folder, name, place, places
        config = folder / "config" / "kdeconnect"
        config.mkdir(parents=True, exist_ok=True)
        (folder / "run").mkdir(mode=0o700, exist_ok=True)
        self.downloads = folder / "Downloads"
        """Where it puts files that it gets."""
        self.downloads.mkdir(exist_ok=True)
        (config / "config").write_text(f"[General]\nname={name}\n")
        self.battery(64, charging=False)
        self.bus_address = f"unix:path={folder / 'bus'}"
        """Where programs on its desktop hear it."""
        env = {
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "DBUS_SESSION_BUS_ADDRESS": self.bus_address,
            "DBUS_SYSTEM_BUS_ADDRESS": self.bus_address,
            "QT_QPA_PLATFORM": "offscreen",
            "SOLID_FAKEHW": str(folder / "battery.xml"),
            "QT_LOGGING_RULES": "kdeconnect.*=true",
        }
        bus = [find("dbus-daemon"), "--session", "--nofork", "--nopidfile", f"--address={self.bus_address}"]
        self.bus = Program("bus", bus, folder)
        self._display = Display(folder, places.at(place)) if display else None
        if self._display is not None:
            env |= {"QT_QPA_PLATFORM": "xcb", "DISPLAY": self._display.display}
        self.desktop = Desktop(folder, places.at(place), env) if display else None
        self.daemon = Program("kdeconnectd", [*places.at(place), find("kdeconnectd")], folder, env)
        self._env = {**os.environ, **env}

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def up(self) -> None:
        """Start it, and wait until it listens."""
        if self._display is not None and not self._display.running:
            self._display.start(lambda: self._display is not None and self._display.text("p") != "-", 60)
        if not self.bus.running:
            self.bus.start((self.folder / "bus").exists, 60)
        self.daemon.start(lambda: self.id != "", 60)

    def down(self) -> None:
        self.daemon.kill()
        if self.desktop is not None:
            self.desktop.kill()
        self.bus.kill()
        if self._display is not None:
            self._display.kill()
        shutil.rmtree(self.folder / "run", ignore_errors=True)

    def notifies(self, app: str, title: str, text: str, *more: str) -> None:
        """As an app on it tells something; it needs a display. ``more``: further words for notify-send."""
        assert self.desktop is not None
        if not self.desktop.running:
            self.desktop.start(lambda: "dunst" in self._shows("GetServerInformation"), 60)
        command = [*self.places.at(self.place), find("notify-send"), "-a", app, *more, title, text]
        subprocess.run(command, env=self._env, check=True, timeout=45)

    def _shows(self, method: str) -> str:
        name = "org.freedesktop.Notifications"
        command = [find("gdbus"), "call", "--address", self.bus_address, "--dest", name, "--object-path",
                   "/org/freedesktop/Notifications", "--timeout", "10", "--method", f"{name}.{method}"]  # fmt: skip
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def restart(self) -> None:
        """As the app is ended and opened again."""
        self.daemon.kill()
        self.daemon.start(lambda: self.id != "", 60)

    def battery(self, charge: int, *, charging: bool) -> None:
        """What it finds at its next start."""
        state = "charging" if charging else "discharging"
        (self.folder / "battery.xml").write_text(BATTERY.format(charge=charge, state=state))

    def copies(self, text: str) -> None:
        """As somebody copies a text on it; it needs a display."""
        assert self._display is not None
        self._display.copy(text)

    @property
    def pastes(self) -> str:
        """What would be pasted on it."""
        assert self._display is not None
        return self._display.text("clipboard")

    @property
    def id(self) -> str:
        """Its device id; empty: it does not answer yet."""
        found = re.search(r"'([^']*)'", self._call(DAEMON, f"{NAME}.daemon.selfId", check=False))
        return found[1] if found else ""

    def devices(self, *, reachable: bool = False, paired: bool = False) -> list[str]:
        """The ids of the devices that it knows."""
        said = self._call(DAEMON, f"{NAME}.daemon.devices", str(reachable).lower(), str(paired).lower())
        return re.findall(r"'([^']+)'", said)

    def asked(self) -> list[str]:
        """The ids of the devices that ask it to pair."""
        return re.findall(r"'([^']+)'", self._property(DAEMON, f"{NAME}.daemon", "pairingRequests").partition("[")[2])

    def device(self, id: str, method: str, *words: str) -> str:
        """Call a method of a device as it sees it: ``requestPairing``, ``acceptPairing``, ``unpair``..."""
        return self._call(f"{DEVICES}/{id}", f"{NAME}.device.{method}", *words)

    def plugin(self, id: str, plugin: str, method: str, *words: str) -> str:
        """Call a plugin of a device, as ``ping``, ``sendPing``."""
        return self._call(f"{DEVICES}/{id}/{plugin}", f"{NAME}.device.{plugin}.{method}", *words)

    def of(self, id: str, name: str) -> str:
        """A property of a device as it sees it: ``name``, ``verificationKey``, ``isReachable``, ``pairState``."""
        return self._property(f"{DEVICES}/{id}", f"{NAME}.device", name)

    def of_plugin(self, id: str, plugin: str, name: str) -> str:
        """A property of a plugin of a device."""
        return self._property(f"{DEVICES}/{id}/{plugin}", f"{NAME}.device.{plugin}", name)

    @contextlib.contextmanager
    def deaf(self) -> Iterator[None]:
        """Meanwhile nothing that it sends as datagrams gets out, nor in."""
        self.places.cut(self.place, 1)
        try:
            yield
        finally:
            self.places.mend(self.place, 1, via="10.77.1.1")

    @contextlib.contextmanager
    def unheard(self) -> Iterator[None]:
        """Meanwhile no broadcast leaves its place, as where a router keeps them back."""
        everybody = "255.255.255.255"
        route = ("blackhole", everybody, "table", "local")
        self.places.run_in(self.place, find("ip"), "route", "add", *route)
        try:
            yield
        finally:
            self.places.run_in(self.place, find("ip"), "route", "del", *route)

    @property
    def address(self) -> str:
        """Where it is, on the first road."""
        return "10.77.1.2"

    def refresh(self) -> None:
        """As a phone does whose network has changed: tell everybody that it is here."""
        self._call(DAEMON, f"{NAME}.daemon.forceOnNetworkChange")

    def _property(self, path: str, interface: str, name: str) -> str:
        said = self._call(path, "org.freedesktop.DBus.Properties.Get", interface, name)
        return said.removeprefix("(<").removesuffix(">,)").strip("'")

    def _call(self, path: str, method: str, *words: str, check: bool = True) -> str:
        command = [find("gdbus"), "call", "--address", self.bus_address, "--dest", NAME, "--object-path", path]
        done = subprocess.run(
            [*command, "--timeout", "45", "--method", method, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 or not check, f"{method}: {done.stderr}"
        return done.stdout.strip()


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    """The test itself, with what it starts, is at ``hub``; a phone would be at ``pocket``, on road 1."""
    with Places("hub", "pocket") as made:
        made.road("pocket", "hub", out=True)
        with made.inside("hub"):
            yield made


@pytest.fixture
def phone(places: Places, tmp_path: Path) -> Iterator[KdeConnect]:
    """The real KDE Connect, up, with a battery at 64 %."""
    with KdeConnect(tmp_path / "kdeconnect", places, "pocket", "Ada's Phone") as peer:
        yield peer
