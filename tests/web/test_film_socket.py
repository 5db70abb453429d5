"""The film's socket, spoken to in plain ASGI: who may see, what is sent, and who can't follow."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.web.test_plain_server import OneOwner
from tests.world import World
from wayhome.core import driving
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import NotFound, Unreachable
from wayhome.features.home import operations
from wayhome.hub import following
from wayhome.hub.film import CACHED_SHOTS, Film, Reel
from wayhome.hub.link import Picture
from wayhome.hub.session import Identity
from wayhome.web import film_socket
from wayhome.web.app import build

pytestmark = pytest.mark.anyio
FILM = Film("avc1.42c01f", 640, 480)
OURS = (b"authorization", b"Bearer anna's")


class Screen:
    """The other end. While ``flows`` is not set, its network takes nothing."""

    def __init__(self, app: Any, thing: str, *headers: tuple[bytes, bytes]) -> None:
        self._coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.flows = asyncio.Event()
        self.flows.set()
        self.said: list[dict[str, Any]] = []
        self.pictures: list[tuple[bool, int, bytes]] = []
        self.code: int | None = None
        query = f"thing={thing}".encode()
        scope = {"type": "websocket", "path": film_socket.FILM, "query_string": query, "scheme": "ws"}
        scope |= {"headers": [(b"host", b"hub"), *headers], "client": ("::1", 1)}
        self._coming.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self._coming.get, self._send))

    async def _send(self, message: Any) -> None:
        await self.flows.wait()
        if message["type"] == "websocket.close":
            self.code = message["code"]
        elif "bytes" in message:
            key, number, _ = struct.unpack_from(">BId", message["bytes"])
            self.pictures.append((bool(key), number, message["bytes"][13:]))
        elif "text" in message:
            self.said.append(json.loads(message["text"]))

    def say(self, **what: Any) -> None:
        self._coming.put_nowait({"type": "websocket.receive", "text": json.dumps(what)})

    def go(self) -> None:
        self._coming.put_nowait({"type": "websocket.disconnect"})

    async def sees(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.pictures) < count:
                await asyncio.sleep(0.005)

    async def over(self) -> str:
        async with asyncio.timeout(20):
            await self.task
        return str(self.said[-1].get("code", "")) if self.said else ""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who can't follow is what some tests are about: they say how soon that is. In the others nobody is late."""
    for name in ("LATE", "LATE_WHOLE"):
        monkeypatch.setattr(following, name, 60.0)
    for name in ("PATIENCE", "LAST_WORDS"):
        monkeypatch.setattr(film_socket, name, 60.0)


async def turns() -> None:
    """Everything is done that waits for nobody outside, and for no time."""
    for _ in range(200):
        await asyncio.sleep(0)


@asynccontextmanager
async def yard() -> AsyncIterator[tuple[World, Reel, Any]]:
    """A world with a camera, whose film the test makes, and its application."""
    async with World() as world:
        await world.person("anna", "owner")
        world.puppet.host.announce([Thing("yard", "Yard", "puppet", "camera", {"camera.state": Refinement()})])
        world.puppet.host.announce([Thing("lamp", "Lamp", "puppet", "light", {"light.on": Refinement()})])
        reel = Reel()
        world.puppet.watch = lambda thing, viewer: reel.enter(viewer)  # type: ignore[attr-defined]
        yield world, reel, build(world.hub, OneOwner())


def show(reel: Reel, count: int, size: int = 100, every: int = 5) -> None:
    for number in range(count):
        reel.show(FILM, number % every == 0, 1.0, bytes([number % 256]) * size)


async def test_whoever_comes_sees_the_last_group_and_then_what_comes() -> None:
    async with yard() as (_, reel, app):
        first = Screen(app, "yard", OURS)
        await turns()
        assert reel.needed.is_set()
        show(reel, 8)
        await first.sees(8)
        assert first.said == [{"t": "film", "codec": "avc1.42c01f", "width": 640, "height": 480}]
        late = Screen(app, "yard", OURS)
        await late.sees(3)
        assert [number for _, number, _ in late.pictures] == [6, 7, 8]
        show(reel, 1)
        await late.sees(4)
        reel.close(Unreachable("no picture came for 3 s"))
        assert await first.over() == "unreachable"
        assert await late.over() == "unreachable"
        assert late.code == 4400
        assert not reel.needed.is_set()


async def test_a_group_that_is_too_long_is_not_kept_and_nobody_gets_half_of_it() -> None:
    async with yard() as (_, reel, app):
        show(reel, CACHED_SHOTS + 5, every=10**9)
        assert reel.group == []
        screen = Screen(app, "yard", OURS)
        await turns()
        reel.show(FILM, False, 1.0, b"delta")
        reel.show(FILM, True, 1.0, b"key")
        await screen.sees(1)
        assert screen.pictures == [(True, CACHED_SHOTS + 7, b"key")]
        screen.go()
        await screen.task
        assert not reel.needed.is_set()


async def test_a_network_that_takes_nothing_costs_no_more_than_its_share_and_goes_on_at_a_key_picture() -> None:
    async with yard() as (_, reel, app):
        screen = Screen(app, "yard", OURS)
        await turns()
        show(reel, 1)
        await screen.sees(1)
        screen.flows.clear()
        show(reel, 400, size=100_000, every=10**9)  # 40 MB
        screen.flows.set()
        await turns()
        assert sum(len(data) for _, _, data in screen.pictures) < following.HIGH + 300_000
        had = len(screen.pictures)
        screen.say(t="seen", n=screen.pictures[-1][1])
        await turns()
        reel.show(FILM, False, 1.0, b"delta")
        reel.show(FILM, True, 1.0, b"key")
        await screen.sees(had + 1)
        assert screen.pictures[had:] == [(True, 403, b"key")]


async def test_who_draws_nothing_of_what_it_got_gets_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async with yard() as (_, reel, app):
        screen = Screen(app, "yard", OURS)
        await turns()
        show(reel, 5)
        await screen.sees(5)
        monkeypatch.setattr(following, "LATE", 0.1)
        monkeypatch.setattr(film_socket, "PATIENCE", 0.6)
        await asyncio.sleep(0.15)
        show(reel, 10)
        await turns()
        assert len(screen.pictures) == 5
        assert await screen.over() == "too_many"


async def test_rights_are_asked_at_the_beginning_and_when_they_change() -> None:
    async with yard() as (world, reel, app):
        for thing in ("lamp", "nothing", ""):
            assert await Screen(app, thing, OURS).over() == "not_found"
        stranger = Screen(app, "yard", OURS, (b"origin", b"http://elsewhere"))
        nobody = Screen(app, "yard", (b"authorization", b"Bearer wrong"))
        assert await nobody.over() == "sign_in_needed"
        assert nobody.code == 4401
        stranger.go()
        page = Screen(app, "yard", (b"cookie", b"wayhome=anna's"), (b"origin", b"http://elsewhere"))
        await page.task
        assert page.code == 4403
        by_word = Screen(app, "yard")
        by_word.say(t="auth", token="anna's")
        await turns()
        show(reel, 3)
        await by_word.sees(3)
        await world.hub.household.delete("person", "anna", world.context())
        assert await by_word.over() == "sign_in_needed"
        assert len(reel) == 0 or stranger.task.done()


async def test_a_drivers_film_ends_when_the_car_moves_and_not_a_look_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_socket, "LOOK", 60.0)

    class Seats:
        """Knows a screen at the wheel, and one beside it."""

        def identify(self, token: str) -> Identity | None:
            seat = "driver" if token == "at the wheel" else "passenger"
            return Identity("person:anna", "owner", "anna", seat=seat, car="car")  # type: ignore[arg-type]

    async with yard() as (world, reel, _):
        host = world.puppet.host
        signals = {driving.SPEED: Refinement(), driving.GEAR: Refinement(), driving.POWER: Refinement()}
        host.announce([Thing("car", "Car", "puppet", "car", signals)])
        host.report([Fact(f"car/{driving.GEAR}", driving.PARK), Fact(f"car/{driving.SPEED}", 0.0)])
        await turns()
        app = build(world.hub, Seats())  # type: ignore[arg-type]
        driver = Screen(app, "yard", (b"authorization", b"Bearer at the wheel"))
        passenger = Screen(app, "yard", (b"authorization", b"Bearer beside it"))
        await turns()
        show(reel, 5)
        await driver.sees(5)
        host.report([Fact(f"car/{driving.GEAR}", 127), Fact(f"car/{driving.SPEED}", 40.0)])
        assert await driver.over() == "not_while_driving"
        show(reel, 5)
        await passenger.sees(10)
        assert len(driver.pictures) == 5
        again = Screen(app, "yard", (b"authorization", b"Bearer at the wheel"))
        assert await again.over() == "not_while_driving"


async def test_one_screen_does_not_take_the_films_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_socket, "MOST_OF_ONE", 2)

    class Devices:
        def identify(self, token: str) -> Identity | None:
            return Identity("person:anna", "owner", "anna", device=token)

    async with yard() as (world, reel, _):
        app = build(world.hub, Devices())  # type: ignore[arg-type]
        greedy = [Screen(app, "yard", (b"authorization", b"Bearer one")) for _ in range(2)]
        await turns()
        assert await Screen(app, "yard", (b"authorization", b"Bearer one")).over() == "too_many"
        other = Screen(app, "yard", (b"authorization", b"Bearer other"))
        await turns()
        show(reel, 3)
        for screen in (*greedy, other):
            await screen.sees(3)
        greedy[0].go()
        await greedy[0].task
        again = Screen(app, "yard", (b"authorization", b"Bearer one"))
        await again.sees(3)


async def test_rubbish_from_a_screen_ends_its_film() -> None:
    async with yard() as (_, reel, app):
        screen = Screen(app, "yard", OURS)
        screen.say(t="jump", n="high")
        assert await screen.over() == "bad_input"
        assert len(reel) == 0


async def test_of_whole_pictures_a_slow_screen_gets_fewer_and_goes_on_at_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LATE_WHOLE", 0.1)
    async with yard() as (_, reel, app):
        slow, quick = Screen(app, "yard", OURS), Screen(app, "yard", OURS)
        await turns()
        for n in range(1, 21):
            reel.show(Film("image/jpeg", 640, 480, seldom=True), True, 1.0, b"whole")
            quick.say(t="seen", n=n)
            await asyncio.sleep(0.02)
        await quick.sees(20)
        assert quick.said == [{"t": "film", "codec": "image/jpeg", "width": 640, "height": 480, "seldom": True}]
        had = len(slow.pictures)
        assert had < 10
        slow.say(t="seen", n=slow.pictures[-1][1])
        await turns()
        reel.show(Film("image/jpeg", 640, 480, seldom=True), True, 2.0, b"whole")
        await slow.sees(had + 1)
        assert slow.pictures[-1][1] == 21


async def test_a_still_that_takes_its_time_is_not_for_whom_the_right_has_ended() -> None:
    async with yard() as (world, _, _):
        asked, comes = asyncio.Event(), asyncio.Event()

        async def picture(thing: str) -> Picture:
            asked.set()
            await comes.wait()
            return Picture(b"picture", "image/jpeg", 1.0)

        world.puppet.picture = picture  # type: ignore[method-assign]
        session = world.hub.open_session(Identity("person:anna", "owner", "anna"))
        waiting = asyncio.create_task(operations.picture.run(session, operations.Pictured("yard")))
        async with asyncio.timeout(20):
            await asked.wait()
        await world.hub.household.delete("person", "anna", world.context())
        await turns()
        comes.set()
        with pytest.raises(NotFound):
            await waiting
