"""The live stream: resume, rates, every change, slow screens."""

from __future__ import annotations

import asyncio

import pytest

from tests.hub.outlet import Screen, watch
from tests.hub.two_sites import until
from tests.world import World, car, lamp
from wayhome.core.value import Fact
from wayhome.errors import BadInput, Expired
from wayhome.hub import live, sessions

pytestmark = pytest.mark.anyio
SPEED = "car/Vehicle.Speed"


async def turn(times: int = 3) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


def drive(world: World, *speeds: float) -> None:
    for speed in speeds:
        world.puppet.host.report([Fact(SPEED, speed)])


async def test_a_screen_that_was_away_gets_what_changed_and_nothing_else() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp(), lamp("other"), lamp("third")])
        client, screen = watch(await world.session(), "**")
        world.puppet.host.report([Fact("lamp/light.on", True), Fact("other/light.on", True)])
        await turn()
        world.hub.live.leave(client)
        rev, epoch = screen.rev, screen.epoch
        world.puppet.host.report([Fact("lamp/light.on", False)])
        world.puppet.host.withdraw(["third"])
        screen.frames.clear()
        watch(await world.session(), "**", screen=screen, rev=rev, epoch=epoch)
        (frame,) = screen.frames
        assert frame["t"] == "delta"
        assert {path for path in frame["set"] if not path.startswith("hub/")} == {"lamp/light.on"}
        assert "third/thing.info" in frame["gone"]


async def test_another_epoch_or_an_impossible_revision_takes_a_snapshot() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        for rev, epoch in ((5, "other"), (10**9, world.hub.household.published.epoch), (-5, None)):
            _, screen = watch(await world.session(), "**", rev=rev, epoch=epoch)
            assert screen.frames[0]["t"] == "snap"


async def test_a_wish_that_ended_while_away_is_taken_back() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        client, screen = watch(session, "lamp/**")
        await session.act("lamp/light.on", True)
        await turn()
        world.hub.live.leave(client)
        world.puppet.host.report([Fact("lamp/light.on", True)])
        assert screen.wishes
        watch(session, "lamp/**", screen=screen, rev=screen.rev, epoch=screen.epoch)
        assert screen.wishes == {}
        assert screen.facts["lamp/light.on"][0] is True


async def test_who_asks_again_on_a_new_connection_hears_how_the_wish_ends() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        client, _ = watch(session, "lamp/**")
        await session.act("lamp/light.on", True, key="key-00001", until=world.hub.household.clock.now() + 5)
        await turn()
        world.hub.live.leave(client)
        back = await world.session()
        _, screen = watch(back, "lamp/**")
        # Only what came of it is asked: nothing is in time by this.
        stands = await back.act("lamp/light.on", True, key="key-00001", until=0)
        assert stands.state == "sent"
        with pytest.raises(Expired):
            await back.act("lamp/light.on", True, key="key-00002", until=0)
        world.puppet.host.report([Fact("lamp/light.on", True)])
        await turn()
        assert [(one["key"], one["state"]) for one in screen.frames if one["t"] == "command"] == [("key-00001", "done")]
        assert (await back.act("lamp/light.on", True, key="key-00001", until=0)).state == "done"


async def test_telemetry_waits_for_the_tick_and_state_does_not() -> None:
    async with World() as world:
        world.puppet.host.announce([car(), lamp()])
        _, screen = watch(await world.session(), "lamp/light.**", SPEED, rate=20)
        drive(world, 1)
        await asyncio.sleep(0.12)
        screen.frames.clear()
        drive(world, 10, 11, 12)
        world.puppet.host.report([Fact("lamp/light.on", True)])
        await turn()
        assert [set(f["set"]) for f in screen.frames] == [{"lamp/light.on"}]
        # The revision of that frame must not cover the speed that is held back.
        held = world.hub.household.published.find(SPEED)
        assert held is not None
        assert screen.rev < held.rev
        await asyncio.sleep(0.12)
        assert [f["set"][SPEED][0] for f in screen.frames if SPEED in f["set"]] == [12]


async def test_without_a_rate_every_change_arrives_in_order() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        _, screen = watch(await world.session(), SPEED, rate=None)
        for start in range(0, 100, 10):
            drive(world, *range(start, start + 10))
            await turn()
        rows = [row for frame in screen.of("delta") for row in frame["list"]]
        assert [row[1] for row in rows] == list(range(100))


async def test_screens_with_the_same_rights_share_their_bytes() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        frames: list[object] = []

        class Keeps(Screen):
            def write(self, frame: object) -> None:  # type: ignore[override]
                frames.append(frame)

        for person in ("anna", "bea"):
            watch(await world.session(person), "lamp/**", screen=Keeps())
        frames.clear()
        world.puppet.host.report([Fact("lamp/light.on", True)])
        await turn()
        assert len(frames) == 2
        assert frames[0] is frames[1]


async def test_a_slow_screen_is_skipped_then_gets_one_delta() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        _, screen = watch(await world.session(), "lamp/light.**")
        screen.stuck = live.HIGH + 1
        for level in range(50):
            world.puppet.host.report([Fact("lamp/light.brightness", level)])
            await turn()
        assert "lamp/light.brightness" not in screen.facts
        screen.frames.clear()
        screen.stuck = 0
        await until(lambda: screen.frames)
        (frame,) = screen.frames
        assert frame["set"]["lamp/light.brightness"][0] == 49


async def test_a_screen_that_stays_behind_is_closed_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE", 0.05)
    async with World() as world:
        world.puppet.host.announce([lamp()])
        _, screen = watch(await world.session(), "lamp/**")
        screen.stuck = live.HIGH + 1
        world.puppet.host.report([Fact("lamp/light.on", True)])
        await until(lambda: screen.closed is not None)
        assert screen.closed is not None
        assert screen.closed[0] == 4408
        assert screen.of("bye")[0]["code"] == "too_slow"
        assert len(world.hub.live) == 0


async def test_who_was_there_before_somebody_signed_in_anew_comes_in_anew_too() -> None:
    """By a copied cookie somebody may be: the token of before is void, and so is what came in by it. The device's own
    page has the new one by then, and is back at once."""
    async with World() as world:
        now = world.clock.now()
        device = {"person": "anna", "name": "Phone", "role": "owner", "signed_in_at": now}
        await world.hub.household.write("device", "phone", device, world.context())
        known = {"device": "phone", "signed_in_at": now}
        _, before = watch(await world.session(**known), "**")
        _, other = watch(await world.session(device="tablet"), "**")
        _, vouched = watch(await world.session(**known | {"signed_in_at": 0.0}), "**")
        await world.hub.household.write("device", "tablet", {**device, "signed_in_at": 1.0}, world.context())
        world.clock.move(60)
        await world.hub.household.write("device", "phone", {"signed_in_at": world.clock.now()}, world.context())
        _, after = watch(await world.session(device="phone", signed_in_at=world.clock.now()), "**")
        world.hub.sessions.tick()
        assert before.closed is None, "its new cookie may be on its way still"
        world.clock.move(sessions.ANEW)
        world.hub.sessions.tick()
        await turn()
        assert before.closed is not None and before.closed[0] == 4409
        assert before.of("bye")[0]["code"] == "signed_in_anew"
        assert after.closed is None and other.closed is None and vouched.closed is None


async def test_a_large_snapshot_comes_in_parts_as_the_screen_takes_them() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp(f"lamp-{n}") for n in range(2_000)])
        _, screen = watch(await world.session(), "**")
        await until(lambda: not screen.of("snap")[-1].get("more", False))
        snaps = screen.of("snap")
        assert len(snaps) > 2
        assert [s.get("more", False) for s in snaps] == [True] * (len(snaps) - 1) + [False]
        assert sum(path.endswith("/thing.info") for path in screen.facts) == 2_000
        world.puppet.host.report([Fact("lamp-7/light.on", True)])
        await turn()
        assert screen.facts["lamp-7/light.on"][0] is True


async def test_messagepack_says_the_same() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp(), car()])
        session = await world.session()
        other = await world.session()
        _, text = watch(session, "**", rate=None)
        _, binary = watch(other, "**", rate=None, format="msgpack")
        drive(world, 5, 6)
        await session.act("lamp/light.on", True)
        world.puppet.host.withdraw(["car"])
        await turn(5)
        assert text.facts == binary.facts
        assert text.wishes == binary.wishes
        assert text.rev == binary.rev


async def test_wrong_globs_are_refused() -> None:
    async with World() as world:
        session = await world.session()
        for glob in ("", "a", "**/x", "a/b.**.c", "a/**.x", "x" * 300, "@", "a b/c.d"):
            with pytest.raises(BadInput):
                watch(session, glob)


async def test_a_screen_that_joins_late_does_not_count_a_change_twice() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        watch(await world.session(), SPEED, rate=None)
        drive(world, 1)
        _, late = watch(await world.session(), SPEED, rate=None)
        await turn()
        drive(world, 2)
        await turn()
        assert late.facts[SPEED][0] == 2
        assert [row[1] for frame in late.of("delta") for row in frame["list"]] == [2]
