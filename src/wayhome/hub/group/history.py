"""The history of the device list as this hub knows it, and how far it has come.

Each version is a record of its own, named by its hash, so that none can take another's place; what counts is not which
was written last but what follows. How far this hub has come is in its vault: it never goes back.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from wayhome.core.event import Event
from wayhome.core.value import Value
from wayhome.errors import BadInput, TooMany
from wayhome.sealing import keys
from wayhome.sealing.chain import Chain
from wayhome.sealing.device_list import FIRST, Member, Signed, read

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

LISTS = "device_list"
_ANCHOR, _HEAD = "sealing/anchor", "sealing/head"
STRANGE = 2_000
"""So many records that do not count are remembered as such."""


class Head(msgspec.Struct, frozen=True):
    """How far the history has come. ``log``: what the hub's log was called then."""

    version: int
    hash: str
    log: str


class History:
    """``chain``: None until it is known whose lists count."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.chain: Chain | None = None
        self.forks: dict[str, int] = {}
        """Lists that are well signed and beside the history, by the id of their record: the version."""
        self.unvouched: dict[str, int] = {}
        """Lists that are well signed and let somebody in for whom no owner's screen has, likewise."""
        self._head: Head | None = None
        self._strange: set[tuple[str, str]] = set()
        """Records that do not count, by name and signature: the same text may come again, signed by who may."""

    async def open(self) -> bool:
        """Read how far it had come; whether that was in another log: this hub was put back from a backup. Raises
        StoreError."""
        anchor, head = await self._hub.vault.secret(_ANCHOR), await self._hub.vault.secret(_HEAD)
        self.chain = Chain(anchor.decode()) if anchor is not None else None
        self._head = msgspec.json.decode(head, type=Head) if head is not None else None
        return self._head is not None and self._head.log != self._hub.household.log_name

    @property
    def behind(self) -> bool:
        """Whether there were newer versions than are there, or others."""
        if self._head is None:
            return False
        known = self.chain.signed[self._head.version - 1 :][:1] if self.chain is not None else ()
        return not known or known[0].hash != self._head.hash

    def records(self) -> dict[str, Signed]:
        """All lists that lie here, whether they count or not."""
        found: dict[str, Signed] = {}
        for id, record in self._hub.household.records(LISTS).items():
            values = record.values()
            with suppress(msgspec.ValidationError):
                signed = msgspec.convert({"body": values.get("body"), "signature": values.get("signature")}, Signed)
                if id.partition("-")[2] == signed.hash[:32]:
                    found[id] = signed
        return found

    async def begin(self, chain: Chain) -> None:
        """From now on the lists count that go back to this one's anchor. Raises StoreError."""
        if self.chain is not None and self.chain.anchor == chain.anchor:
            return
        await self._hub.vault.keep(_ANCHOR, chain.anchor.encode())
        await self._hub.vault.forget(_HEAD)
        self.chain, self._head = chain, None
        self.forks, self.unvouched, self._strange = {}, {}, set()

    async def follow(self) -> None:
        """Take what follows. Raises StoreError."""
        there = self.records()
        if self.chain is None:
            # It came with the household, and this hub was told no mark: the one beginning that there is counts.
            begins = {keys.mark(first.sign) for first in map(_founder, there.values()) if first is not None}
            if len(begins) != 1:
                return
            await self.begin(Chain(begins.pop()))
        assert self.chain is not None
        chain = (self._before(there) if self.behind else None) or self.chain
        for id, signed in sorted(there.items()):
            strange = (id, signed.signature)
            if strange in self._strange:
                continue
            why = chain.judge(signed)
            if why is None:
                before, chain = chain, chain.grown(signed)
                await self._tell_paper(before, chain)
            elif why == "fork" and id not in self.forks:
                self.forks[id] = version_of(signed)
                await self.tell("DeviceListForked", version=version_of(signed))
            elif why == "unvouched" and id not in self.unvouched:
                self.unvouched[id] = version_of(signed)
                await self.tell("DeviceListUnvouched", version=version_of(signed))
            elif why not in ("gap", "fork", "unvouched") and len(self._strange) < STRANGE:
                self._strange.add(strange)
        if chain is not self.chain:
            await self.came(chain)
        await self._mend(there)

    async def _tell_paper(self, before: Chain, chain: Chain) -> None:
        """Somebody has used the code on paper, elsewhere: told once, where it is news. Raises StoreError."""
        newest = chain.newest
        signer = before.member(newest.signer) if newest is not None else None
        news = self._head is not None and chain.version > self._head.version
        if news and signer is not None and signer.kind == "paper":
            await self.tell("PaperUsed", version=chain.version)

    def _before(self, there: dict[str, Signed]) -> Chain | None:
        """The history up to where it had come, of the records: there may be two of a version, and it never changes
        sides. None: not all of it is there."""
        assert self.chain is not None and self._head is not None
        by_hash = {signed.hash: signed for signed in there.values()}
        path: list[Signed] = []
        hash = self._head.hash
        while hash != FIRST:
            signed = by_hash.pop(hash, None)
            listed = read(signed) if signed is not None else None
            if signed is None or listed is None:
                return None
            path.append(signed)
            hash = listed.before
        chain = Chain(self.chain.anchor)
        for signed in reversed(path):
            if chain.judge(signed) is not None:
                return None
            chain = chain.grown(signed)
        return chain

    async def came(self, chain: Chain) -> None:
        """It has come so far. Raises StoreError."""
        self.chain = chain
        if not self.behind:
            self._head = Head(chain.version, chain.head, self._hub.household.log_name)
            await self._hub.vault.keep(_HEAD, msgspec.json.encode(self._head))

    async def _mend(self, there: dict[str, Signed]) -> None:
        """Whoever deletes a version, or writes another text or signature over it, changes nothing: it is written
        anew."""
        assert self.chain is not None
        for version, signed in enumerate(self.chain.signed, 1):
            id = record_id(version, signed)
            found = there.get(id)
            # Signed by the same key in another way is as good: two hubs don't write over each other's for ever.
            if found is None or (found != signed and self.chain.shorter(version - 1).judge(found) is not None):
                # What can't be written, as somebody has filled that record up, keeps nobody from the rest.
                with suppress(BadInput, TooMany):
                    await self.put(version, signed)

    async def put(self, version: int, signed: Signed) -> None:
        """Write a list down; whether it counts is another matter. Raises StoreError."""
        values: dict[str, Value] = {"body": signed.body, "signature": signed.signature}
        await self._hub.household.write(LISTS, record_id(version, signed), values, self._hub.context("hub:group"))

    async def tell(self, name: str, **data: Value) -> None:
        """Something happened with it. Raises StoreError."""
        household = self._hub.household
        await household.tell(Event(name, household.clock.now(), self._hub.context("hub:group"), None, data))


def record_id(version: int, signed: Signed) -> str:
    """What a version's record is called: nobody can write another text under that name."""
    return f"{version:08}-{signed.hash[:32]}"


def version_of(signed: Signed) -> int:
    """The version that a list says it is; 0: it is none."""
    listed = read(signed)
    return listed.version if listed is not None else 0


def _founder(signed: Signed) -> Member | None:
    """Who signed a first version."""
    listed = read(signed)
    return listed.member(listed.signer) if listed is not None and listed.version == 1 else None
