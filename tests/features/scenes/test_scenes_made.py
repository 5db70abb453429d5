"""Scenes: captured, looked over, made, changed. What opens is in none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.features.scenes.house import CHARGING, COOLED, DOOR, WARMTH, House, P, house, made
from wayhome.adapters.catalog_files import load_catalog
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.errors import BadInput, HubError, NotAllowed, NotFound, TooMany
from wayhome.features.scenes import states
from wayhome.features.scenes.model import MAX_SCENES, MAX_STATES

pytestmark = pytest.mark.anyio


def by_thing(draft: Any) -> dict[str, dict[str, Any]]:
    return {part.thing: part.states for part in draft.parts}


async def test_what_is_is_captured_and_nothing_that_is_open() -> None:
    async with house() as it:
        anna = await it.world.session()
        draft = await anna.call("scenes.capture", {"things": "lamp,hall,heater,gate,blind,door,vault,radio,car,movie"})
        assert by_thing(draft) == {
            "lamp": {"light.on": True, "light.brightness": 40.0, "light.color_temp": 2700.0},
            "hall": {"light.on": False},
            "heater": {"climate.mode": "heat", "climate.target_temperature": 21.0},
            "blind": {"cover.position": 70.0},
            "radio": {"media_player.playing": True, "media_player.volume": 30.0},
            "car": {COOLED: True, WARMTH: 22.0, DOOR + "IsLocked": True},
        }
        assert {(left.thing, left.signal): left.why for left in draft.left} == {
            ("gate", "cover.state"): "guarded",
            ("door", "lock.locked"): "guarded",
            ("vault", "lock.locked"): "code",
            ("car", DOOR + "Window.Position"): "guarded",
            ("car", "Vehicle.Body.Trunk.Rear.IsOpen"): "guarded",
        }
        it.say({"gate/cover.state": "closing", "door/lock.locked": True, f"car/{CHARGING}IsCharging": True})
        it.say({f"car/{DOOR}Window.Position": 0, f"car/{COOLED}": False})
        shut = by_thing(await anna.call("scenes.capture", {"things": "gate,door,car"}))
        assert shut["gate"] == {"cover.state": "closed"} and shut["door"] == {"lock.locked": True}
        assert shut["car"] == {
            COOLED: False, DOOR + "IsLocked": True, DOOR + "Window.Position": 0, CHARGING + "IsCharging": True,
        }  # fmt: skip
        assert it.taken == {}


async def test_a_room_is_captured_and_nothing_chosen_is_said() -> None:
    async with house() as it:
        anna = await it.world.session()
        draft = await anna.call("scenes.capture", {"rooms": "Living room"})
        assert [part.thing for part in draft.parts] == ["heater", "lamp"]
        with pytest.raises(BadInput, match="nothing to capture"):
            await anna.call("scenes.capture", {"rooms": "Cellar"})
        with pytest.raises(NotFound):
            await anna.call("scenes.capture", {"things": "cellar-lamp"})


@pytest.mark.parametrize(
    ("thing", "states", "why"),
    [
        ("door", {"lock.locked": False}, "not opened"),
        ("door", {"lock.open": True}, "can't be told"),
        ("gate", {"cover.state": "open"}, "not opened"),
        ("gate", {"cover.position": 0}, "can't be told"),
        ("vault", {"lock.locked": True}, "asks for a code"),
        ("car", {DOOR + "IsLocked": False}, "not opened"),
        ("car", {DOOR + "Window.Position": 30}, "not opened"),
        ("car", {"Vehicle.Body.Trunk.Rear.IsOpen": True}, "not opened"),
        ("car", {"Vehicle.Cabin.IsWindowChildLockEngaged": False}, "let go"),
        ("car", {"Vehicle.Body.Horn.IsActive": True}, "can't be told"),
        ("car", {"Vehicle.Body.Lights.Hazard.IsSignaling": True}, "can't be told"),
        ("car", {"Vehicle.Speed": 30}, "can't be told"),
        ("movie", {"scene.activate": True}, "can't be told"),
        ("radio", {"media_player.next": True}, "can't be told"),
        ("lamp", {"light.brightness": 140}, "does not take"),
        ("lamp", {"light.on": "maybe"}, "does not take"),
        ("heater", {"climate.target_temperature": 99}, "does not take"),
        ("lamp", {"light.nothing": 1}, "can't be told"),
        ("lamp", {}, "at least one"),
    ],
)
async def test_what_no_scene_may_hold(thing: str, states: dict[str, Any], why: str) -> None:
    async with house() as it:
        anna = await it.world.session()
        with pytest.raises(BadInput, match=why):
            await made(anna, "Open sesame", **{thing: states})
        assert (await anna.call("scenes.list")).scenes == []


async def test_a_scene_is_changed_renamed_deleted_and_comes_back() -> None:
    async with house() as it:
        anna = await it.world.session()
        id = await made(
            anna, "  Film   night ", lamp={"light.brightness": 10, "light.on": True}, hall={"light.on": False}
        )
        shown = await anna.call("scenes.show", {"scene": "film night"})
        assert shown.scene.name == "Film night" and shown.scene.things == 2 and shown.scene.traits == ["light"]
        assert [(part.thing, [*part.states]) for part in shown.parts][1] == ("lamp", ["light.on", "light.brightness"])
        changed = await anna.call(
            "scenes.change",
            {
                "scene": id, "name": "Cinema", "icon": "film", "leave_out": ["hall"],
                "put": [{"thing": "door", "states": {"lock.locked": True}}],
            },
        )  # fmt: skip
        assert [part.thing for part in changed.parts] == ["door", "lamp"] and changed.scene.holds
        deleted = await anna.call("scenes.delete", {"scene": id})
        assert (await anna.call("scenes.list")).scenes == []
        parts = [{"thing": part.thing, "states": part.states} for part in deleted.parts]
        back = await anna.call("scenes.make", {"id": id, "name": deleted.scene.name, "icon": "film", "parts": parts})
        assert back == deleted
        with pytest.raises(BadInput, match="at least one"):
            await anna.call("scenes.change", {"scene": id, "leave_out": ["door", "lamp"]})
        with pytest.raises(NotFound):
            await anna.call("scenes.change", {"scene": "01aaaaaaaaaa", "name": "X"})


@pytest.mark.parametrize("name", ["", " \u200d ", "x" * 61, "\u202e\u202e"])
async def test_a_name_that_nobody_could_read(name: str) -> None:
    async with house() as it:
        anna = await it.world.session()
        with pytest.raises(BadInput, match="visible"):
            await made(anna, name, lamp={"light.on": True})


async def test_hostile_names_are_one_line_and_stay_texts() -> None:
    async with house() as it:
        anna = await it.world.session()
        await made(anna, "<img src=x onerror=alert(1)>\n\u202egnp.exe", lamp={"light.on": True})
        (scene,) = (await anna.call("scenes.list")).scenes
        assert scene.name == "<img src=x onerror=alert(1)> gnp.exe"
        with pytest.raises(BadInput, match="already"):
            await made(anna, "<IMG src=x onerror=alert(1)> gnp.exe", lamp={"light.on": True})


async def test_a_thousand_wishes_are_too_many() -> None:
    async with house() as it:
        anna = await it.world.session()
        parts = [{"thing": f"lamp-{n}", "states": {"light.on": True}} for n in range(1_000)]
        with pytest.raises(BadInput, match=f"at most {MAX_STATES} states, and this would be 1000"):
            await anna.call("scenes.make", {"name": "All", "parts": parts})
        from tests.world import lamp

        it.world.puppet.host.announce([lamp(f"lamp-{n}") for n in range(MAX_STATES + 1)])
        wanted = [{"thing": f"lamp-{n}", "states": {"light.on": True}} for n in range(MAX_STATES)]
        most = await anna.call("scenes.make", {"name": "Many", "parts": wanted})
        with pytest.raises(BadInput, match="at most"):
            await anna.call("scenes.change", {"scene": most.scene.id, "put": [parts[MAX_STATES]]})
        ran = await anna.call("scenes.run", {"scene": "Many"})
        assert {outcome.state for outcome in ran.outcomes} == {"done"} and len(ran.outcomes) == MAX_STATES


async def test_a_household_has_so_many_scenes_at_most() -> None:
    async with house() as it:
        anna = await it.world.session()
        for number in range(MAX_SCENES):
            await made(anna, f"Scene {number}", lamp={"light.on": True})
        with pytest.raises(TooMany):
            await made(anna, "One more", lamp={"light.on": True})


async def test_ready_made_ones_are_proposals_of_what_is_there() -> None:
    async with house() as it:
        anna = await it.world.session()
        leaving = by_thing(await anna.call("scenes.propose", {"kind": "leaving"}))
        assert leaving == {
            "lamp": {"light.on": False}, "hall": {"light.on": False},
            "heater": {"climate.target_temperature": 17.0}, "gate": {"cover.state": "closed"},
            "door": {"lock.locked": True}, "radio": {"media_player.on": False}, "car": {COOLED: True, WARMTH: 21.0},
        }  # fmt: skip
        arriving = by_thing(await anna.call("scenes.propose", {"kind": "arriving"}))
        assert arriving["lamp"] == arriving["hall"] == {"light.on": True}
        assert arriving["car"] == {COOLED: False, DOOR + "IsLocked": True} and "gate" not in arriving
        night = by_thing(await anna.call("scenes.propose", {"kind": "goodnight"}))
        assert night["car"][CHARGING + "IsCharging"] is True and night["gate"] == {"cover.state": "closed"}
        await it.world.hub.household.write("charging", "car", {"on": True}, it.world.context())
        planned = by_thing(await anna.call("scenes.propose", {"kind": "goodnight"}))
        assert CHARGING + "IsCharging" not in planned["car"]
        assert it.taken == {} and (await anna.call("scenes.list")).scenes == []
        for kind in ("arriving", "leaving", "goodnight"):
            draft = await anna.call("scenes.propose", {"kind": kind})
            parts = [{"thing": part.thing, "states": part.states} for part in draft.parts]
            await anna.call("scenes.make", {"name": kind, "parts": parts})


async def test_children_and_guests_run_but_do_not_make() -> None:
    async with house() as it:
        await made(await it.world.session(), "Film", lamp={"light.on": True})
        for role in ("child", "guest"):
            session = await it.world.session(role, role)
            assert [scene.name for scene in (await session.call("scenes.list")).scenes] == ["Film"]
            for operation, data in _edits().items():
                with pytest.raises(NotAllowed):
                    await session.call(operation, data)


def _edits() -> dict[str, dict[str, Any]]:
    return {
        "scenes.make": {"name": "Mine", "parts": [{"thing": "lamp", "states": {"light.on": True}}]},
        "scenes.capture": {"things": "lamp"},
        "scenes.propose": {"kind": "leaving"},
        "scenes.delete": {"scene": "aaaaaaaaaa"},
        "scenes.change": {"scene": "aaaaaaaaaa", "name": "B"},
    }


async def test_who_drives_makes_nothing() -> None:
    async with house() as it:
        await _drive(it)
        driver = await it.world.session(seat="driver", car="car")
        for operation, data in _edits().items():
            with pytest.raises(HubError) as error:
                await driver.call(operation, data)
            assert error.value.code == "not_while_driving", operation


async def _drive(it: House) -> None:
    it.say(
        {
            "car/Vehicle.LowVoltageSystemState": "ON",
            "car/Vehicle.Powertrain.Transmission.CurrentGear": 127,
            "car/Vehicle.Speed": 50.0,
        }
    )


async def test_a_scene_stands_on_the_board() -> None:
    async with house() as it:
        anna = await it.world.session()
        id = await made(anna, "Film", lamp={"light.on": True})
        board = await anna.call(
            "home.put", {"tiles": [{"kind": "scene", "item": id}, {"kind": "thing", "item": "lamp"}]}
        )
        assert [(tile.kind, tile.name) for tile in board.tiles] == [("scene", "Film"), ("thing", "Lamp")]
        with pytest.raises(NotFound):
            await anna.call("home.put", {"tiles": [{"kind": "scene", "item": "aaaaaaaaaa"}]})


async def test_nobody_puts_in_what_they_may_not_wish() -> None:
    async with house() as it:
        guest = await it.world.session("gus", "guest")
        await it.world.grant("person:gus", "act @op/scenes.*", "g1")
        await it.world.grant("person:gus", "act lamp/light.on", "g2")
        assert by_thing(await guest.call("scenes.capture", {"things": "lamp,heater"})) == {"lamp": {"light.on": True}}
        # That a door is open is told to nobody who may not see it.
        assert (await guest.call("scenes.capture", {"things": "lamp,door"})).left == []
        with pytest.raises(NotAllowed, match="may not change"):
            await made(guest, "Warm", heater={"climate.target_temperature": 28})
        await made(guest, "Light", lamp={"light.on": True})


async def test_what_was_made_in_the_demo_goes_with_it() -> None:
    async with house() as it:
        household = it.world.hub.household
        anna = await it.world.session()
        await made(anna, "Film", lamp={"light.on": True})
        await anna.call("scenes.run", {"scene": "Film"})
        await household.write("household", "household", {"demo": True}, it.world.context())
        await it.world.hub.leave_demo()
        assert {name: len(household.records(name)) for name in ("scene", "scene_part", "scene_run")} == {
            "scene": 0, "scene_part": 0, "scene_run": 0,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "told", "opens"),
    [
        ("cover", None, False),
        ("cover", "garage", False),
        ("garage", None, False),
        ("cover", "shutter", True),
        ("blind", None, True),
    ],
)
def test_what_does_not_say_what_it_covers_may_be_a_garage_door(kind: str, told: str | None, opens: bool) -> None:
    signals = {"cover.state": Refinement(device_class=told), "cover.position": Refinement(), "cover.close": P}
    thing = Thing("shed", "Shed", "puppet", kind, signals)
    catalog = load_catalog()
    assert isinstance(states.wish(thing, catalog, "cover.position", 0), tuple)
    assert isinstance(states.wish(thing, catalog, "cover.position", 100), tuple) is opens
    assert ("cover.position" in states.captured(thing, catalog, {"cover.position": 70.0}.get)[0]) is opens
