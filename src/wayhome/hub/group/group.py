"""The group as this hub knows it: its own keys, the history of the device list, and, where this hub keeps it, the next
version by itself whenever a device comes or goes.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.errors import BadInput, Conflict, HubError, NotFound
from wayhome.hub.group import as_member, said
from wayhome.hub.group.history import LISTS, History, version_of
from wayhome.hub.group.said import KEYS
from wayhome.hub.group.status import GroupStatus, State
from wayhome.hub.group.wanted import founds, hub_id, wanted
from wayhome.sealing import change, keys, paper
from wayhome.sealing.chain import Chain
from wayhome.sealing.change import Random, Settled, Wanted, as_wanted
from wayhome.sealing.device_list import Member, Signed, Vouch, Why, is_vouched

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

NAME = "group"
STATUS = "hub/group.status"
_KEYS = "sealing/keys"
GRACE = 60.0
"""A hub that was put back from a backup signs nothing for so long, in s: others may know newer versions, and tell."""
AGAIN = 2.0
"""What the disk did not take is tried again after so many s."""
MATTERS = (LISTS, KEYS, "device", "person", "site", "household")


class Group:
    """A watcher of the household. ``open`` it once the household is."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.id = hub_id(hub.household.house.site)
        self.history = History(hub)
        self._keys: keys.Keys
        self._ready = False
        """Whether its keys and the history were read."""
        self._bell = asyncio.Event()
        self.turn = asyncio.Lock()
        """Whoever writes a version, or reads others, has it meanwhile."""
        self._quiet_until = 0.0
        self._epochs: dict[tuple[str, int], bytes] = {}
        self._task: asyncio.Task[None] | None = None
        self._shown: GroupStatus | None = None

    # Life

    async def open(self) -> None:
        """Begin. A disk that takes nothing keeps the hub from sealing, not from starting: it is tried again."""
        with suppress(HubError):
            await self._read()
        self._task = asyncio.create_task(self._run(), name="group")

    async def _read(self) -> None:
        """Make or read this hub's keys, and the history. Raises StoreError."""
        vault, household = self.hub.vault, self.hub.household
        kept = await vault.secret(_KEYS)
        self._keys = keys.fresh() if kept is None else keys.of_bytes(kept)
        if kept is None:
            await vault.keep(_KEYS, self._keys.numbers())
        if await self.history.open():
            self._quiet_until = household.clock.steady() + GRACE
        self._ready = True
        household.watchers.append(self)
        self._bell.set()
        await self.settle()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while not self._ready:
            await asyncio.sleep(AGAIN)
            with suppress(HubError):
                await self._read()
        while True:
            left = self._quiet_until - self.hub.household.clock.steady()
            with suppress(TimeoutError):
                async with asyncio.timeout(left if left > 0 else None):
                    await self._bell.wait()
            self._bell.clear()
            try:
                await self.settle()
            except (HubError, ValueError) as error:
                log.get(NAME).warning("the device list is not brought up to date", why=str(error))
                await asyncio.sleep(AGAIN)
                self._bell.set()

    # What is known

    @property
    def chain(self) -> Chain | None:
        """The history as it counts here."""
        return self.history.chain

    @property
    def status(self) -> GroupStatus:
        newest = self.chain.newest if self.chain is not None else None
        if self.chain is None or newest is None:
            return GroupStatus(self.state, self.id, anchor=self.chain.anchor if self.chain is not None else "")
        return GroupStatus(
            self.state, self.id, newest.version, newest.epoch, self.chain.head, self.chain.anchor, newest.keeper,
            len(self.history.forks), len(self.history.unvouched), newest.bound,
            sorted(one.id for one in self.waiting()), self.chain.letting,
        )  # fmt: skip

    @property
    def state(self) -> State:
        if self.history.behind:
            return "behind"
        if self.chain is None or self.chain.newest is None:
            return "none" if self.chain is None else "waiting"
        if self.key(self.chain.newest.epoch) is not None:
            return "in"
        known = self.chain.member(self.id)
        return "out" if known is not None or self.chain.newest.keeper == self.id else "waiting"

    @property
    def anchor(self) -> str:
        """By what others know this household's history; empty: it has none yet."""
        return self.chain.anchor if self.chain is not None and self.chain.version else ""

    @property
    def keeps(self) -> bool:
        """Whether this hub signs the next version."""
        newest = self.chain.newest if self.chain is not None else None
        return newest is not None and newest.keeper == self.id and self.state == "in"

    def key(self, epoch: int) -> bytes | None:
        """The group's key of an epoch; None: this hub does not have it."""
        if self.chain is None:
            return None
        known = (next((one.mark for one in self.chain.lists if one.epoch == epoch), ""), epoch)
        if known not in self._epochs:
            found = self.chain.key(epoch, self.id, self._keys)
            if found is None:
                return None
            self._epochs[known] = found
        return self._epochs[known]

    @property
    def mine(self) -> keys.Keys:
        """This hub's keys, both halves: for what it signs."""
        return self._keys

    @property
    def public(self) -> tuple[str, str]:
        """The public halves of this hub's keys."""
        return self._keys.sign, self._keys.open

    @property
    def me(self) -> Wanted:
        """This hub as the one that keeps the list."""
        return Wanted(self.id, "hub", self._keys.sign, self._keys.open, signs=True)

    async def renew_keys(self) -> None:
        """From now on this hub has other keys. Raises StoreError."""
        fresh = keys.fresh()
        await self.hub.vault.keep(_KEYS, fresh.numbers())
        self._keys = fresh

    def member(self, id: str) -> Member | None:
        return self.chain.member(id) if self.chain is not None else None

    # Sealing as a member

    def sealed(self, kind: str, record: str, content: bytes, counter: int, nonce: bytes) -> bytes:
        """A record's content, sealed by this hub. Raises Conflict where it can't, BadInput for what is too long."""
        return as_member.sealed(self, self._keys, kind, record, content, counter, nonce)

    def opened(self, kind: str, record: str, data: bytes) -> bytes | None:
        """What is in a record that a member sealed; None: this hub can't open it."""
        return as_member.opened(self, kind, record, data)

    # What comes

    def published(self, shown: Shown, state: bool) -> None:
        return

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        if record.collection in MATTERS:
            self._bell.set()

    def happened(self, event: Event) -> None:
        return

    async def adopt(self, anchor: str) -> None:
        """This hub joins the household whose first list was signed by the key of that mark."""
        self.must_be_ready()
        async with self.turn:
            await self.history.begin(Chain(anchor))

    async def give(self, lists: Sequence[Signed]) -> tuple[int, Why | None]:
        """Lists that somebody else knows, in order: how many of them were news, and why the first that does not count
        does not. This hub signs nothing in between. Done once durable."""
        taken, why = 0, None
        async with self.turn:
            if self.chain is None:
                raise Conflict("this hub does not know yet whose lists count")
            for signed in lists:
                why = self.chain.judge(signed)
                if why in (None, "fork", "unvouched"):
                    await self.history.put(version_of(signed), signed)
                    await self.history.follow()
                    # It may be the one that this hub had, and of which it was shown another one since.
                    why = self.chain.judge(signed)
                    taken += why == "known"
                if why not in (None, "known"):
                    break
        await self.settle()
        return taken, None if why == "known" else why

    async def settle(self) -> None:
        """Follow the history, and, where this hub keeps it, write the version that is due."""
        async with self.turn:
            await self.history.follow()
            if self._unfounded():
                await self.found()
                await self.history.follow()
            await self._say_keys()
            if self.keeps and self.hub.household.clock.steady() >= self._quiet_until:
                due = self.settled()
                await self.next([*due.members], self.id, self._keys, due.vouches)
                await said.forget(self.hub, said.signed_out(self.hub), refusals=True)
            self._show()

    def _show(self) -> None:
        status = self.status
        if status != self._shown:
            self._shown = status
            self.hub.household.own(STATUS, msgspec.to_builtins(status))

    # Who is let in

    def waiting(self) -> tuple[Wanted, ...]:
        """Who waits for an owner's screen to let them in, as far as this hub has heard."""
        newest = self.chain.newest if self.chain is not None else None
        keeper = newest.member(newest.keeper) if newest is not None else None
        return self.settled(as_wanted(keeper)).waiting if keeper is not None else ()

    async def vouch(self, vouch: Vouch, before: str) -> None:
        """An owner's screen lets somebody in who waits. Durable; the hub that keeps the list does the rest. Raises
        NotFound, Conflict, BadInput."""
        one = next((one for one in self.waiting() if one.id == vouch.member), None)
        if one is None or self.chain is None or self.chain.newest is None:
            raise NotFound("nobody waits by that name")
        if before != self.chain.head:
            raise Conflict("the device list is another one by now", advice="Take the newest one, and sign for that.")
        if not is_vouched(self.chain.newest, before, one.member(), vouch):
            raise BadInput("no owner's screen has signed this", advice="Sign what waits with a key of the newest list.")
        await said.vouch(self.hub, vouch)
        await self.settle()

    def settled(self, me: Wanted | None = None, by_vouch: bool = True) -> Settled:
        """Who may be in the next version. ``by_vouch``: also by what owners' screens have signed for this one."""
        assert self.chain is not None
        vouches, refused = said.decided(self.hub.household.records(KEYS))
        return change.settled(self.chain, self.wanted(me), vouches if by_vouch else {}, refused)

    def lasts(self, devices: Collection[str]) -> bool:
        """Whether, once these devices are out, an owner's screen or a code on paper is left, so that somebody can be
        let in; true, too, where none is needed or there."""
        newest = self.chain.newest if self.chain is not None else None
        keeper = newest.member(newest.keeper) if newest is not None else None
        if newest is None or keeper is None:
            return True
        # Who is out already counts no more, also where the hub that keeps the list has not heard of it yet.
        stay = [one for one in self.settled(as_wanted(keeper)).members if newest.member(one.id) is not None]
        ways = [one for one in stay if one.owner or one.kind == "paper"]
        return not any(one.owner for one in ways) or any(one.id not in devices for one in ways)

    # What this hub writes

    def wanted(self, me: Wanted | None = None) -> list[Wanted]:
        """Who is to belong to the group by the household's records, ``me`` this hub."""
        of, now = self.hub.household.records, self.hub.household.clock.now()
        return wanted(me or self.me, self.chain, of(KEYS), of("site"), of("device"), of("person"), now, self.hub.demo)

    def _unfounded(self) -> bool:
        """Whether the first version is due, or was begun here and not written: the disk took nothing."""
        if self.chain is None:
            return not self.history.records() and founds(self.hub)
        return self.chain.version == 0 and not self.history.behind and self.chain.anchor == keys.mark(self._keys.sign)

    async def found(self) -> None:
        """Write the first version. Raises StoreError."""
        now = self.hub.household.clock.now()
        # Lists of another history lie there: it is begun anew, also where the hub died in between.
        anew = bool(self.history.records())
        members = [self.me] if anew else [one for one in self.wanted() if one.id != paper.ID]
        # In the demo anybody may be an owner, so nobody has to let others in.
        signed = change.founded(members, self.id, self._keys, _chance(), now, anew and not self.hub.demo)
        await self.history.begin(Chain(keys.mark(self._keys.sign)))
        await self.history.put(1, signed)

    async def _say_keys(self) -> None:
        """A hub that does not keep the list says its keys to the one that does."""
        newest = self.chain.newest if self.chain is not None else None
        if newest is not None and newest.keeper != self.id:
            await said.say(self.hub, self.id, *self.public)

    async def next(self, wanted: list[Wanted], signer: str, by: keys.Keys, vouches: tuple[Vouch, ...] = ()) -> None:
        """Write the next version, if there is something to change. The caller has the turn. Raises StoreError."""
        assert self.chain is not None
        if not change.differs(self.chain, wanted):
            return
        before = self.chain.newest
        now = self.hub.household.clock.now()
        signed = change.changed(self.chain, wanted, self.id, signer, by, _chance(), now, vouches)
        grown = self.chain.grown(signed)
        await self.history.put(grown.version, signed)
        await self.history.came(grown)
        newest = grown.newest
        assert newest is not None and before is not None
        names = {one.id for one in (*change.other(before, newest), *change.other(newest, before))}
        came, count = ", ".join(sorted(names))[:200], len(newest.members)
        await self.history.tell(
            "DeviceListSigned", version=newest.version, epoch=newest.epoch, members=count, changed=came
        )

    def must_be_ready(self) -> None:
        """Raises Conflict where its keys and the history were not read yet."""
        if not self._ready:
            raise Conflict("this hub could not read its keys yet", advice="See that its disk takes what is written.")

    def must_keep(self) -> None:
        """Raises Conflict where another hub signs the next version."""
        if not self.keeps:
            newest = self.chain.newest if self.chain is not None else None
            where = newest.keeper.removeprefix("hub.") if newest is not None else "the hub that founded the household"
            raise Conflict("this hub does not keep the device list", advice=f"Do it at {where}.")


def _chance() -> Random:
    return Random(os.urandom(32), os.urandom(12))


def anchor_of(hub: Hub) -> str:
    """By what who comes in knows whose device lists count; empty: there is no group (yet)."""
    found = hub.extra.get(NAME)
    return found.anchor if isinstance(found, Group) else ""


def lasts(hub: Hub, devices: Collection[str]) -> bool:
    """Whether somebody can be let in once these devices are out, as ``Group.lasts`` has it; true where nothing is
    sealed."""
    found = hub.extra.get(NAME)
    return not isinstance(found, Group) or found.lasts(devices)


def contested(hub: Hub, device: str) -> bool:
    """Whether this is an owner's screen that waits while none belongs to the group any more: with it out of the way
    another one that waits may come in by itself."""
    found = hub.extra.get(NAME)
    if not isinstance(found, Group) or found.chain is None or found.chain.newest is None:
        return False
    none = found.chain.letting != "all" and not any(one.owner for one in found.chain.newest.members)
    return none and any(one.owner and one.id == device for one in found.waiting())


def group(hub: Hub) -> Group:
    """The group of a running hub. Raises NotFound where nothing is sealed."""
    found = hub.extra.get(NAME)
    if not isinstance(found, Group):
        raise NotFound("this hub seals nothing")
    return found
