"""Films between sites: one line however many look, judged at both, of the other's clock, never ahead of the road."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.hub.film_lines import Glass, Lines, camera, show
from tests.hub.two_sites import Two, until
from wayhome.core.grant import Role
from wayhome.core.value import Fact
from wayhome.errors import NotFound, Unreachable
from wayhome.hub import film, following
from wayhome.hub.film import Reel
from wayhome.hub.link import Picture
from wayhome.hub.session import Identity
from wayhome.hub.sites import far, films, showing

pytestmark = pytest.mark.anyio
ANNA = Identity("person:anna", "owner", "anna", "phone")
GEAR, SPEED = "su7/Vehicle.Powertrain.Transmission.CurrentGear", "su7/Vehicle.Speed"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that stands still for some seconds is no slow road; whoever means one says so."""
    for module, name in ((following, "LATE"), (showing, "ON_WAY"), (far, "SILENT")):
        monkeypatch.setattr(module, name, 60.0)


def known(device: str) -> Identity:
    """Who is signed in on ``mei-tablet``, or the like."""
    person = device.partition("-")[0] if "-" in device else "anna"
    roles: dict[str, Role] = {"anna": "owner", "mei": "member", "gast": "guest"}
    return Identity(f"person:{person}", roles[person], person, device)


async def met(two: Two) -> tuple[Reel, Lines]:
    """A home with a camera, and a car that knows it."""
    reel = camera(two)
    await two.met()
    for world in (two.home, two.car):
        world.hub.sites.who = known
    await until(lambda: two.car.hub.household.house.things.get("yard") is not None)
    return reel, Lines(two)


def look(
    two: Two, who: Identity = ANNA, *, in_car: bool = True, thing: str = "yard"
) -> tuple[Glass, Callable[[], None]]:
    glass = Glass()
    return glass, film.watch((two.car if in_car else two.home).hub, thing, glass, who)


async def test_one_film_goes_over_the_road_however_many_look(two: Two) -> None:
    reel, lines = await met(two)
    first, leave = look(two)
    await until(lambda: len(reel) == 1)
    show(two, reel, 8)
    await until(lambda: first.numbers == list(range(1, 9)))
    more = [look(two) for _ in range(5)]
    await until(lambda: all(glass.numbers == [6, 7, 8] for glass, _ in more))
    before = lines.bytes
    show(two, reel, 1, size=40_000)
    await until(lambda: all(glass.numbers == [6, 7, 8, 9] for glass, _ in more))
    assert first.shots[-1].data == bytes(40_000) and first.shots[-1].key
    assert 40_000 < lines.bytes - before < 40_100 and len(lines.made) == len(reel) == 1
    leave()
    show(two, reel, 1)
    await until(lambda: more[0][0].numbers[-1] == 10)
    assert first.numbers[-1] == 9 and first.ended is None
    for _, end in more:
        end()
    await until(lambda: len(reel) == 0)
    again, _ = look(two)
    await until(lambda: len(reel) == 1)
    assert len(lines.made) == 1, "the line was kept for whoever comes back"
    show(two, reel, 2)
    await until(lambda: again.numbers[-2:] == [11, 12] and again.shots[0].key)


async def test_without_a_person_nothing_of_another_site_is_shown_and_none_that_is_away(two: Two) -> None:
    _, lines = await met(two)
    with pytest.raises(NotFound):
        film.watch(two.car.hub, "yard", Glass())
    await two.road.cut()
    with pytest.raises(Unreachable):
        look(two)
    assert lines.made == []


async def test_the_cameras_hub_judges_each_of_them_too(two: Two) -> None:
    reel, _ = await met(two)
    await two.home.person("mei", "member")
    await two.home.person("gast", "guest")
    seen, _ = look(two, Identity("person:mei", "member", "mei", "mei-tablet"))
    # The car's hub would let this one; the home's hub does not.
    other, _ = look(two, Identity("person:gast", "owner", "gast", "gast-phone"))
    stranger, _ = look(two, Identity("person:anna", "owner", "anna", "mei-tablet"))
    await until(lambda: other.ended is not None and stranger.ended is not None)
    assert (other.ended.code, stranger.ended.code) == ("not_found", "not_allowed")  # type: ignore[union-attr]
    show(two, reel, 3)
    await until(lambda: len(seen.shots) == 3)
    assert other.shots == stranger.shots == []
    # Its end is known at once, and nothing goes over the road for nobody.
    await two.home.hub.household.delete("person", "mei", two.home.context())
    await until(lambda: seen.ended is not None)
    assert seen.ended is not None and seen.ended.code == "not_allowed"
    await until(lambda: len(reel) == 0)
    show(two, reel, 3)
    await asyncio.sleep(0.05)
    assert len(seen.shots) == 3


async def test_who_drives_sees_no_film_of_home_whatever_the_cars_hub_thinks(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "LOOK", 60.0)
    reel, _ = await met(two)
    two.home.hub.sites.who = lambda device: Identity("person:anna", "owner", "anna", "phone", seat="driver", car="su7")
    two.car.puppet.host.report([Fact(GEAR, 126), Fact(SPEED, 0.0)])
    await until(lambda: two.home.hub.drivers.state("su7") == "parked")
    glass, _ = look(two)
    await until(lambda: len(reel) == 1)
    show(two, reel, 3)
    await until(lambda: len(glass.shots) == 3)
    two.car.puppet.host.report([Fact(GEAR, 127), Fact(SPEED, 40.0)])
    await until(lambda: glass.ended is not None)
    assert glass.ended is not None and glass.ended.code == "not_while_driving"
    again, _ = look(two)
    await until(lambda: again.ended is not None)
    assert again.ended is not None and again.ended.code == "not_while_driving" and again.shots == []


async def test_numbers_and_times_are_the_other_hubs_and_how_far_its_clock_is_ahead_is_told(two: Two) -> None:
    reel, _ = await met(two)
    two.home.clock.at += 90.0
    began = asyncio.get_running_loop().time()
    glass, _ = look(two)
    await until(lambda: len(reel) == 1)
    show(two, reel, 6)
    await until(lambda: len(glass.shots) == 6)
    assert glass.shots[0].at == two.home.clock.now()
    # The two clocks stand still here, and the time that this takes is reckoned with.
    assert -0.001 <= glass.kinds[-1].ahead - 90.0 <= asyncio.get_running_loop().time() - began
    assert glass.kinds[-1].rests == 0


async def test_over_a_relay_a_film_rests(two: Two) -> None:
    reel, lines = await met(two)
    lines.relayed = True
    glass, _ = look(two)
    await until(lambda: len(reel) == 1)
    show(two, reel, 1)
    await until(lambda: len(glass.shots) == 1)
    assert glass.kinds[-1].rests == far.RESTS


async def test_a_camera_in_the_car_is_seen_at_home_though_it_is_the_car_that_calls(two: Two) -> None:
    await met(two)
    reel = camera(two, "dash", at_home=False)
    await until(lambda: two.home.hub.household.house.things.get("dash") is not None)
    glass, leave = look(two, in_car=False, thing="dash")
    await until(lambda: len(reel) == 1)
    show(two, reel, 7, size=50_000, at_home=False)
    await until(lambda: glass.numbers == list(range(1, 8)))
    assert all(len(shot.data) == 50_000 for shot in glass.shots)
    leave()
    await until(lambda: len(reel) == 0)


async def test_a_road_that_is_slow_gets_no_more_than_it_takes_and_goes_on_at_a_key_picture(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LATE", 0.2)
    reel, lines = await met(two)
    glass, _ = look(two)
    await until(lambda: len(reel) == 1)
    show(two, reel, 3)
    await until(lambda: len(glass.shots) == 3)
    lines.open.clear()
    before = lines.bytes
    for _ in range(10):
        show(two, reel, 5, size=20_000)
        await asyncio.sleep(0.05)
    assert lines.bytes - before < 30 * 20_050, "what nobody has seen is not sent for ever"
    had = len(glass.shots)
    lines.open.set()
    await until(lambda: len(glass.shots) > had)
    sent = reel.group[-1].number
    async with asyncio.timeout(45):
        while glass.numbers[-1] <= sent:
            show(two, reel, 5)
            await asyncio.sleep(0.05)
    skipped = [n for n, (a, b) in enumerate(zip(glass.numbers, glass.numbers[1:], strict=False)) if b != a + 1]
    assert skipped and all(glass.shots[n + 1].key for n in skipped)


async def test_what_is_on_its_way_for_long_is_not_added_to(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    reel, lines = await met(two)
    glass, _ = look(two)
    await until(lambda: len(reel) == 1)
    show(two, reel, 3)
    await until(lambda: len(glass.shots) == 3)
    lines.open.clear()
    before = lines.bytes
    show(two, reel, 3, size=10_000)
    await asyncio.sleep(0.3)
    monkeypatch.setattr(showing, "ON_WAY", 0.15)
    for _ in range(10):
        show(two, reel, 1, size=10_000)
        await asyncio.sleep(0.03)
    assert 20_000 < lines.bytes - before < 90_000, "the road's queues are left to others"
    lines.open.set()
    await until(lambda: glass.numbers[-1] == 6)
    had = len(glass.shots)
    async with asyncio.timeout(45):
        while len(glass.shots) == had:
            show(two, reel, 2)
            await asyncio.sleep(0.05)
    assert glass.shots[had].key


async def test_what_no_screen_draws_is_not_sent_over_the_road(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LATE", 0.2)
    reel, lines = await met(two)
    quick, leave = look(two)
    frozen, _ = look(two)
    frozen.draws = False
    await until(lambda: len(two.car.hub.sites.films._far["yard"]._reel) == 2)
    # A machine that is busy for 0.2 s leaves out one or the other.
    async with asyncio.timeout(45):
        while len(quick.shots) < 20:
            show(two, reel, 1)
            await asyncio.sleep(0.03)
    leave()
    show(two, reel, 1)
    await asyncio.sleep(0.5)
    before = lines.bytes
    show(two, reel, 20)
    await asyncio.sleep(0.1)
    assert lines.bytes == before, "seen by nobody"
    frozen.draws = True
    frozen._drawn = len(frozen.shots)
    had = len(frozen.shots)
    async with asyncio.timeout(45):
        while len(frozen.shots) == had:
            await asyncio.sleep(0.05)
            show(two, reel, 1)
    assert frozen.shots[had].key


async def test_films_keep_to_the_roads_budget(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "RELAYED", 10_000.0)
    reel, lines = await met(two)
    lines.relayed = True
    glass, _ = look(two)
    await until(lambda: len(reel) == 1)
    began = asyncio.get_running_loop().time()
    for _ in range(20):
        show(two, reel, 5, size=1_000)
        await asyncio.sleep(0.05)
    passed = asyncio.get_running_loop().time() - began
    assert 4_000 < lines.bytes < 10_000 * passed + 3_000, "of a hundred thousand ten thousand a second"
    gaps = [n + 1 for n, (a, b) in enumerate(zip(glass.numbers, glass.numbers[1:], strict=False)) if b != a + 1]
    assert all(glass.shots[n].key for n in gaps)


async def test_a_line_that_breaks_falls_silent_or_whose_site_is_gone_is_said(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far, "ASK", 0.1)
    reel, lines = await met(two)

    async def seen() -> Glass:
        glass, _ = look(two)
        await until(lambda: len(reel) == 1)
        show(two, reel, 2)
        await until(lambda: len(glass.shots) >= 2)
        return glass

    async def ends(glass: Glass) -> str:
        await until(lambda: glass.ended is not None)
        await until(lambda: len(reel) == 0)
        assert glass.ended is not None
        return f"{glass.ended.code}: {glass.ended.detail}"

    glass = await seen()
    lines.cut()
    assert await ends(glass) == "unreachable: the line is cut"
    glass = await seen()
    monkeypatch.setattr(far, "SILENT", 0.4)
    had = len(glass.shots)
    show(two, reel, 1)
    await until(lambda: len(glass.shots) > had or glass.ended)  # it waits for the next so long, and no longer
    lines.open.clear()
    await until(lambda: glass.ended is not None)
    monkeypatch.setattr(far, "SILENT", 60.0)
    lines.open.set()
    assert await ends(glass) == "unreachable: nothing comes over the road from Home"
    glass = await seen()
    reel.close(Unreachable("no picture came for 3 s"))
    assert await ends(glass) == "unreachable: no picture came for 3 s"
    glass = await seen()
    await two.road.cut()
    assert await ends(glass) == "unreachable: this lies at Home, and Home is away"
    two.meet()
    await until(lambda: two.car.hub.sites.here("home"))
    glass = await seen()
    await two.home.hub.household.delete("site", "car", two.home.context())
    assert (await ends(glass)).startswith(("unreachable", "not_found"))


async def test_rubbish_on_a_line_ends_it(two: Two) -> None:
    reel, lines = await met(two)
    for rubbish in (b"", b"\x07x", b"\x00short", "{", '{"t":"may"}', '{"t":"here","id":"x"}', b"\x00" + bytes(30)):
        glass, _ = look(two)
        await until(lambda: len(reel) == 1)
        lines.made[-1][0].queue.put_nowait(rubbish)
        await until(lambda glass=glass: glass.ended is not None)
        assert glass.ended is not None and glass.ended.code == "bad_input"
        await until(lambda: len(reel) == 0)
    for rubbish in ("{", b"\x00", '{"t":"look","thing":"yard"}', '{"t":"who","who":[{"id":1}]}'):
        glass, _ = look(two)
        await until(lambda: len(reel) == 1)
        lines.made[-1][1].queue.put_nowait(rubbish)
        await until(lambda glass=glass: glass.ended is not None)
        await until(lambda: len(reel) == 0)


async def test_a_nearer_way_takes_over_and_nobody_is_told(two: Two) -> None:
    reel, lines = await met(two)
    lines.relayed = True
    glass, _ = look(two)
    await until(lambda: len(reel) == 1)
    show(two, reel, 3)
    await until(lambda: len(glass.shots) == 3)
    lines.relayed = False
    two.car.hub.sites.films.met("home", True)
    await until(lambda: len(lines.made) == 2 and len(reel) == 1)
    show(two, reel, 6)
    await until(lambda: glass.numbers[-1] == 9 and glass.kinds[-1].rests == 0)
    assert glass.ended is None


async def test_a_still_of_another_site_is_as_old_as_it_is(two: Two) -> None:
    two.home.clock.at += 90.0
    await met(two)
    taken = two.home.clock.now() - 7.0

    async def picture(thing: str) -> Picture:
        return Picture(b"drawn", "image/jpeg", taken)

    two.home.puppet.picture = picture  # type: ignore[assignment,method-assign]
    yard = two.car.hub.household.house.things["yard"]
    found = await two.car.hub.sites.fetching.picture(yard)
    assert found.content == b"drawn" and found.at is not None
    assert abs(two.car.clock.now() - found.at - 7.0) < 0.5
