"""Commands both ways and a computer's sound, by the real KDE Connect: its own plugins, PulseAudio, a file that is
made."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.links.kdeconnect.house import House, household, paired, soon
from tests.peers.kdeconnect import KdeConnect
from tests.peers.places import Places
from tests.peers.program import Program, find
from wayhome.core.value import Context
from wayhome.errors import NotFound
from wayhome.hub.session import Identity

pytestmark = pytest.mark.anyio
DOOR = "car/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked"


async def demo(house: House) -> None:
    await house.session.call("links.add", {"link": "sim", "name": "Demo", "config": {"start": "home", "delay": 0}})
    await soon(lambda: house.online("living-tv"))


def offered(phone: KdeConnect, house: House) -> dict[str, str]:
    """The commands that the phone shows of us: their keys by name."""
    said = phone.of_plugin(house.identity, "remotecommands", "commands")
    data = bytes(int(one, 16) for one in re.findall(r"0x[0-9a-f]{2}", said)) if said.startswith("[") else None
    found = json.loads(data if data is not None else ast.literal_eval("b" + said.removeprefix("b")) or b"{}")
    return {one["name"]: key for key, one in found.items()}


async def test_scenes_and_a_few_car_commands_are_the_phone_s(phone: KdeConnect) -> None:
    async with household() as house:
        await demo(house)
        lamp = {"thing": "living-lamp", "states": {"light.on": True}}
        made = await house.session.call("scenes.make", {"name": "Evening 晚上", "parts": [lamp]})
        await paired(house, phone)
        await soon(lambda: "Evening 晚上" in offered(phone, house))
        # To lock is offered; what opens anything is not.
        assert set(offered(phone, house)) == {
            "Evening 晚上",
            "Aurora: lock",
            "Aurora: climate on",
            "Aurora: climate off",
        }

        def runs(name: str) -> None:
            phone.plugin(house.identity, "remotecommands", "triggerCommand", offered(phone, house)[name])

        runs("Evening 晚上")
        await soon(lambda: house.value("living-lamp/light.on") is True)
        await house.session.act(DOOR, False, held=True)
        await soon(lambda: house.value(DOOR) is False)
        runs("Aurora: lock")
        await soon(lambda: house.value(DOOR) is True)
        runs("Aurora: climate off")
        await soon(lambda: house.value("car/Vehicle.Cabin.HVAC.IsAirConditioningActive") is False)
        assert {one.context.actor for one in house.commands} == {"person:ada"}
        # The list follows the scenes.
        await house.session.call("scenes.change", {"scene": made.scene.id, "name": "Night"})
        await soon(lambda: "Night" in offered(phone, house) and "Evening 晚上" not in offered(phone, house))
        await house.session.call("scenes.delete", {"scene": made.scene.id})
        await soon(lambda: "Night" not in offered(phone, house))
        # A key that it was not offered does nothing.
        before = {command.key for command in house.commands}
        phone.plugin(house.identity, "remotecommands", "triggerCommand", f"scene-{made.scene.id}")
        phone.plugin(house.identity, "ping", "sendPing")
        await soon(lambda: [one.name for one in house.events].count("PhonePinged") == 1)
        assert {command.key for command in house.commands} == before


async def test_a_computer_s_own_commands_are_its_owner_s_buttons(places: Places, tmp_path: Path) -> None:
    with KdeConnect(tmp_path / "kdeconnect", places, "pocket", "Laptop") as laptop:
        async with household() as house:
            there = laptop.folder / "it ran"
            commands = {"one": {"name": "Make a file", "command": f"touch '{there}'"}}
            folder = laptop.folder / "config" / "kdeconnect" / house.identity / "kdeconnect_runcommand"
            folder.mkdir(parents=True)
            text = json.dumps(commands).replace("\\", "\\\\").replace('"', '\\"')
            (folder / "config").write_text(f'[General]\ncommands="@ByteArray({text})"\n')
            await paired(house, laptop)
            await soon(lambda: "ada_laptop-commands" in house.hub.household.house.things)
            thing = house.hub.household.house.things["ada_laptop-commands"]
            assert thing.signals["command.run"].allowed == ("Make a file",)
            await house.session.act("ada_laptop-commands/command.run", "Make a file")
            await soon(there.exists)
            # They are nobody else's, also not another owner's.
            await house.hub.household.write("person", "ben", {"name": "Ben", "role": "owner"}, Context("c", "test"))
            ben = house.hub.open_session(Identity("person:ben", "owner", "ben"))
            with pytest.raises(NotFound):
                await ben.act("ada_laptop-commands/command.run", "Make a file")
            assert "ada_laptop-commands/thing.info" not in ben.read(["**"])


async def test_a_computer_s_sound(places: Places, tmp_path: Path) -> None:
    laptop = KdeConnect(tmp_path / "kdeconnect", places, "pocket", "Laptop")
    env = {"XDG_RUNTIME_DIR": str(laptop.folder / "run"), "HOME": str(laptop.folder),
           "DBUS_SESSION_BUS_ADDRESS": laptop.bus_address}  # fmt: skip

    def pactl(*words: str) -> str:
        command = [find("pactl"), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | env).stdout

    sinks = [f"module-null-sink sink_name={name} sink_properties=device.description={name.title()}"
             for name in ("speakers", "headphones")]  # fmt: skip
    load = [word for sink in (*sinks, "module-native-protocol-unix") for word in ("-L", sink)]
    sound = Program("pulseaudio", [find("pulseaudio"), "-n", "--exit-idle-time=-1", "--daemonize=no", *load],
                    laptop.folder, env)  # fmt: skip
    sound.start(lambda: "headphones" in pactl("list", "short", "sinks"), 60)
    try:
        pactl("set-default-sink", "speakers")
        with laptop:
            async with household() as house:
                await paired(house, laptop)
                thing = "ada_laptop-sound"
                await soon(lambda: house.value(f"{thing}/sound.output") == "Speakers")
                assert house.hub.household.house.things[thing].signals["sound.output"].allowed
                await house.session.act(f"{thing}/sound.volume", 30.0)
                await soon(lambda: "30%" in pactl("get-sink-volume", "speakers"))
                await soon(lambda: abs(float(str(house.value(f"{thing}/sound.volume"))) - 30) < 1)
                await house.session.act(f"{thing}/sound.muted", True)
                await soon(lambda: "yes" in pactl("get-sink-mute", "speakers"))
                # As somebody turns it there.
                pactl("set-sink-mute", "speakers", "0")
                await soon(lambda: house.value(f"{thing}/sound.muted") is False)
                await house.session.act(f"{thing}/sound.output", "Headphones")
                await soon(lambda: pactl("get-default-sink").strip() == "headphones")
                await soon(lambda: house.value(f"{thing}/sound.output") == "Headphones")
    finally:
        sound.kill()
