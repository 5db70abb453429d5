"""Screens of a household's group for tests, with their real keys, on whole hubs."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.hub.two_sites import Two, until
from tests.world import MemoryVault, World
from wayhome.features.clipboard import feature as clipboard
from wayhome.features.keys import feature as keys_feature
from wayhome.features.keys.operations import PURPOSE
from wayhome.hub.group.group import Group, group
from wayhome.hub.session import Session
from wayhome.sealing import frame, keys
from wayhome.sealing.change import Wanted
from wayhome.sealing.frame import Header

FEATURES = {"keys": keys_feature, "clipboard": clipboard}
ANNA = "01jd00000000000000000phone"


class Screen:
    """A screen with its real keys."""

    def __init__(self, world: World, id: str, person: str = "anna") -> None:
        self.world = world
        self.id = id
        self.person = person
        self.keys = keys.fresh()
        self.session: Session
        self.counter = 0
        self.count = 0

    async def come_in(self, role: str = "owner") -> None:
        now = self.world.clock.now()
        values: dict[str, Any] = {"person": self.person, "name": self.id, "kind": "phone", "role": role,
                                  "added_at": now, "signed_in_at": now, "last_seen": now}  # fmt: skip
        self.session = await self.world.session(self.person, role, device=self.id, signed_in_at=now)
        await self.world.hub.household.write("device", self.id, values, self.world.context())

    def said(self, by: keys.Keys | None = None) -> dict[str, str]:
        by = by or self.keys
        message = "\n".join((PURPOSE, self.id, self.keys.sign, self.keys.open)).encode()
        return {"sign": self.keys.sign, "open": self.keys.open, "signature": keys.text(by.signed(message))}

    async def let_in(self, by: Screen | None = None, role: str = "owner") -> None:
        """Come in, and be let in ``by`` an owner's screen, where one belongs to the group."""
        await self.come_in(role)
        await self.session.call("keys.say", self.said())
        await until(lambda: it(self.world).member(self.id) is not None or self.id in it(self.world).status.waiting)
        if by is not None:
            await by.vouch(self.id)
        await until(lambda: it(self.world).member(self.id) is not None)

    async def waiting(self) -> dict[str, Any]:
        """Who waits, by id, as an owner's screen is told."""
        return {one.id: one for one in (await self.session.call("keys.waiting")).waiting}

    async def signed(self, id: str, by: keys.Keys | None = None, told_by: Screen | None = None) -> dict[str, str]:
        """What this screen signs to let somebody in who waits."""
        told = await (told_by or self).session.call("keys.waiting")
        one = next(one for one in told.waiting if one.id == id)
        wanted = Wanted(one.id, one.kind, one.sign, one.open, one.person, one.signs, one.owner)
        signature = keys.text((by or self.keys).signed(wanted.member().vouched(told.head)))
        return {"member": id, "by": self.id, "signature": signature, "before": told.head}

    async def vouch(self, id: str) -> None:
        await self.session.call("keys.vouch", await self.signed(id))

    async def out(self) -> None:
        await self.world.hub.household.delete("device", self.id, self.world.context())

    def key(self, epoch: int) -> bytes | None:
        chain = it(self.world).chain
        assert chain is not None
        return chain.key(epoch, self.id, self.keys)

    def sealed(
        self, text: str, *, id: str = "", counter: int = 0, epoch: int = 0, kind: str = "clip"
    ) -> dict[str, Any]:
        self.counter += 1
        self.count += 1
        id = id or f"{self.person}:{self.count:026d}"
        epoch = epoch or it(self.world).status.epoch
        header = Header(kind, id, self.id, epoch, counter or self.counter)
        raw = frame.seal(header, text.encode(), self.key(epoch) or b"\0" * 32, self.keys, os.urandom(12))
        return {"id": id, "frame": keys.text(raw)}

    async def put(self, text: str, **more: Any) -> Any:
        return await self.session.call("clipboard.put", self.sealed(text, **more))

    async def opened(self) -> list[str]:
        found = []
        for one in (await self.session.call("clipboard.list")).entries:
            raw = keys.data(one.frame)
            header = frame.sent(raw, "clip", one.id, it(self.world).chain)  # type: ignore[arg-type]
            assert isinstance(header, Header)
            content = frame.content(raw, self.key(header.epoch))
            found.append(content if isinstance(content, str) else content.decode())
        return found


def it(world: World) -> Group:
    return group(world.hub)


@asynccontextmanager
async def two_sites() -> AsyncIterator[Two]:
    """A home with an owner, and a car whose hub knows whose lists count; they have not met yet."""
    two = Two(FEATURES)
    await two.open()
    await until(lambda: it(two.home).status.state == "in")
    await two.home.hub.household.write("site", "car", {"added_at": 1.0}, two.home.context())
    await it(two.car).adopt(it(two.home).anchor)
    yield two
    await two.car.__aexit__()
    await two.home.__aexit__()


async def copied(vault: MemoryVault) -> MemoryVault:
    copy = MemoryVault()
    for name in await vault.names():
        await copy.keep(name, await vault.secret(name) or b"")
    return copy
