"""The hub's name by multicast DNS, on a wire of its own, with Debian's avahi as the other one on it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.wire import Wire, possible, wire
from wayhome.adapters.names_mdns import names

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not possible(), reason="needs root and network namespaces: run as root"),
]
PROGRAMS = (sys.executable, "-m", "tests.adapters.mdns_programs")


@pytest.fixture
def lan() -> Iterator[Wire]:
    with wire() as laid:
        yield laid


def hold(lan: Wire, namespace: str, seconds: int = 150, *later: str) -> subprocess.Popen[str]:
    return lan.start(namespace, *PROGRAMS, "hold", str(seconds), *later)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ask(lan: Wire, *question: str) -> str:
    return lan.run(lan.there, *PROGRAMS, "ask", *question).strip()


def stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=45)


def avahi(lan: Wire, folder: Path, host: str) -> subprocess.Popen[str]:
    """Debian's avahi with this host name, without D-Bus."""
    (folder / "avahi.conf").write_text(
        f"[server]\nhost-name={host}\nenable-dbus=no\nuse-ipv6=no\nallow-interfaces=wh1\n"
    )
    Path("/run/avahi-daemon").mkdir(exist_ok=True)
    return lan.start(
        lan.there, "avahi-daemon", "-f", str(folder / "avahi.conf"), "--no-chroot", "--no-drop-root", "--no-rlimits"
    )


def test_others_find_the_hub_and_its_service(lan: Wire) -> None:
    hub = hold(lan, lan.here)
    try:
        assert said(hub) == "wayhome.local 10.99.7.1"
        assert ask(lan, "wayhome.local") == "10.99.7.1"
        assert ask(lan, "_wayhome._tcp.local", "PTR") == r"Linden\0327._wayhome._tcp.local."
        assert ask(lan, "Linden 7._https._tcp.local", "SRV") == "0 0 8300 wayhome.local."
    finally:
        stop(hub)


def test_a_name_that_the_household_gave_later_is_announced_beside_it(lan: Wire) -> None:
    hub = hold(lan, lan.here, 150, "car.wayhome.local")
    try:
        assert said(hub) == "wayhome.local 10.99.7.1"
        deadline = time.monotonic() + 45
        while ask(lan, "car.wayhome.local") != "10.99.7.1":
            assert time.monotonic() < deadline, "nobody answers for it"
        assert ask(lan, "wayhome.local") == "10.99.7.1"
        assert ask(lan, "car wayhome local._wayhome._tcp.local", "SRV") == "0 0 8300 car.wayhome.local."
    finally:
        stop(hub)


def test_a_name_that_avahi_has_is_left_to_it(lan: Wire, tmp_path: Path) -> None:
    other = avahi(lan, tmp_path, "wayhome")
    try:
        deadline = time.monotonic() + 45
        while ask(lan, "wayhome.local") != "10.99.7.2":
            assert time.monotonic() < deadline and other.poll() is None, "avahi does not answer"
        hub = hold(lan, lan.here)
        try:
            assert said(hub) == "wayhome-2.local 10.99.7.1"
            assert ask(lan, "wayhome.local") == "10.99.7.2"
            assert ask(lan, "wayhome-2.local") == "10.99.7.1"
        finally:
            stop(hub)
    finally:
        stop(other)


@pytest.mark.long
def test_two_hubs_that_start_together_end_with_two_names(lan: Wire) -> None:
    hubs = [hold(lan, lan.here), hold(lan, lan.there)]
    try:
        first = [said(hub) for hub in hubs]
        if first[0].split()[0] == first[1].split()[0]:
            # Neither heard the other in time: the one with the lesser address gives way.
            assert said(hubs[0]).startswith("wayhome-2.local")
        held = {ask(lan, name) for name in ("wayhome.local", "wayhome-2.local")}
        assert held == {"10.99.7.1", "10.99.7.2"}
    finally:
        for hub in hubs:
            stop(hub)


@pytest.mark.long
def test_another_address_is_announced(lan: Wire) -> None:
    hub = hold(lan, lan.here, 150)
    try:
        assert said(hub) == "wayhome.local 10.99.7.1"
        for change in ("addr del 10.99.7.1/24 dev wh0", "addr add 10.99.7.9/24 dev wh0", "route add default dev wh0"):
            subprocess.run(["ip", "-n", lan.here, *change.split()], check=True)
        assert said(hub) == "wayhome.local 10.99.7.9"
        assert ask(lan, "wayhome.local") == "10.99.7.9"
    finally:
        stop(hub)


def test_the_names_that_a_root_has_to_vouch_for() -> None:
    assert names() == ["wayhome.local", "wayhome-2.local", "wayhome-3.local", "wayhome-4.local", "wayhome-5.local"]
