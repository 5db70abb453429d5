"""A screen of a person in the group, as a page is one: it seals and opens, and asks what a page asks."""

from __future__ import annotations

import os
import time
from typing import Any

import msgspec

from tests.links.kdeconnect.house import House, soon
from wayhome.core.grant import Role
from wayhome.core.value import Context, Value
from wayhome.hub.group import said
from wayhome.hub.group.group import group
from wayhome.hub.session import Identity
from wayhome.sealing import frame, keys

KIND = "message"


class Screen:
    """Of a person, signed in."""

    def __init__(self, house: House, person: str, device: str, role: Role) -> None:
        self.house, self.person, self.device = house, person, device
        self.keys = keys.fresh()
        self.identity = Identity(f"person:{person}", role, person, device, signed_in_at=time.time())
        self.session = house.hub.open_session(self.identity)
        self._counter = int(time.time() * 1000)

    async def comes(self, *, seals: bool = True) -> None:
        """It is signed in, says its keys, and is in the group; or waits to be let in, and seals nothing."""
        hub = self.house.hub
        values: dict[str, Value] = {
            "person": self.person,
            "role": self.identity.role,
            "name": self.device,
            "kind": "tablet",
        }
        await hub.household.write("device", self.device, values, Context("c", "test"))
        if not seals:
            return
        await said.say(hub, self.device, self.keys.sign, self.keys.open)
        await group(hub).settle()
        await soon(lambda: group(hub).member(self.device) is not None)

    def sealed(self, kind: str = KIND, **content: object) -> dict[str, str]:
        """``id`` and ``frame`` of something that this screen seals."""
        id = f"{self.person}:{self.house.hub.ids.ulid().lower()}"
        it = group(self.house.hub)
        assert it.chain is not None and it.chain.newest is not None
        epoch = it.chain.newest.epoch
        key = it.key(epoch)  # each member has the same one
        assert key is not None
        self._counter += 1
        header = frame.Header(kind, id, self.device, epoch, self._counter)
        made = frame.seal(header, msgspec.json.encode(content), key, self.keys, os.urandom(12))
        return {"id": id, "frame": keys.text(made)}

    def opened(self, record: str, sealed: str) -> Any:
        """What the hub sealed for this screen."""
        content = group(self.house.hub).opened(KIND, record, keys.data(sealed))
        assert content is not None, "it can't be opened"
        return msgspec.json.decode(content)

    async def ask(self, verb: str, **data: object) -> Any:
        return msgspec.to_builtins(await self.session.call(f"messages.{verb}", data))

    async def conversations(self) -> list[dict[str, Any]]:
        found = await self.ask("conversations")
        return self.opened(f"{self.person}:conversations", found["frame"])["items"]  # type: ignore[no-any-return]

    async def read(self, phone: str, conversation: int, before: float | None = None) -> tuple[list[Any], Any]:
        found = await self.ask("read", phone=phone, conversation=conversation, before=before)
        return self.opened(f"{self.person}:conversation", found["frame"])["items"], found

    def calls(self) -> list[dict[str, Any]]:
        """The calls that this screen shows, each with what is in its frame."""
        shown = self.session.read(["@call/*"])
        found = []
        for path, fact in sorted(shown.items()):
            value: dict[str, Any] = dict(fact[0])  # type: ignore[arg-type]
            record = path.removeprefix("@call/")
            found.append({"id": record, **value, **self.opened(record, value["frame"])})
        return found
