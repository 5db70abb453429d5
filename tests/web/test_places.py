"""Places for pieces: few at once, and nobody's only."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from wayhome.errors import TooMany
from wayhome.web.places import Places

pytestmark = pytest.mark.anyio


class Held:
    """Somebody who wants a place, and those who have one, in their order."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.have: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def want(self, name: str, person: str, device: str) -> None:
        self.ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._hold(name, person, device))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _hold(self, name: str, person: str, device: str) -> None:
        async with self.places.place(person, device):
            self.have.append(name)
            await self.ends[name].wait()

    async def leave(self, name: str) -> None:
        self.ends[name].set()
        await self.tasks[name]
        for _ in range(3):
            await asyncio.sleep(0)


async def test_one_device_or_person_has_not_all_of_them() -> None:
    held = Held(Places(4, 3, 2, 2))
    for name in ("a1", "a2", "a3", "a4"):
        await held.want(name, "anna", "phone")
    assert held.have == ["a1", "a2"], "two for one device"
    with pytest.raises(TooMany):
        async with held.places.place("anna", "phone"):
            pass
    await held.want("t1", "anna", "tablet")
    await held.want("t2", "anna", "tablet")
    assert held.have[2:] == ["t1"], "three for one person"
    await held.want("m1", "mei", "meisphone")
    assert held.have[3:] == ["m1"] and held.places.taken == 4
    await held.want("m2", "mei", "meisphone")
    await held.leave("t1")
    assert held.have[4:] == ["m2"], "who has fewer comes first, though others wait longer"
    # Whoever goes while they wait leaves no place behind, nor one that is given to nobody.
    held.tasks["a3"].cancel()
    await asyncio.gather(held.tasks["a3"], return_exceptions=True)
    for name in ("a1", "a2", "m1", "m2"):
        await held.leave(name)
    assert set(held.have[5:]) == {"t2", "a4"}
    for name in ("t2", "a4"):
        await held.leave(name)
    assert held.places.taken == 0


async def test_who_ends_just_when_it_is_their_turn() -> None:
    places = Places(1, 1, 1, 4)
    async with AsyncExitStack() as first:
        await first.enter_async_context(places.place("anna", "phone"))
        second = asyncio.create_task(_once(places))
        third = asyncio.create_task(_once(places))
        await asyncio.sleep(0)
        await first.aclose()
        second.cancel()
        assert await asyncio.gather(second, third, return_exceptions=True) != [None, None]
    assert third.done() and third.exception() is None and places.taken == 0


async def _once(places: Places) -> None:
    async with places.place("anna", "phone"):
        await asyncio.sleep(0)
