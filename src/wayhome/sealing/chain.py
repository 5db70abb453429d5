"""All versions of the device list that one member knows, and what becomes of another one. It never goes back."""

from __future__ import annotations

import msgspec

from wayhome.sealing import device_list, group_key
from wayhome.sealing.device_list import FIRST, DeviceList, Letting, Member, Signed, Why
from wayhome.sealing.keys import Keys


class Chain(msgspec.Struct, frozen=True):
    """The history as far as it is known, from the first version on. ``anchor``: the mark of the key that signed
    it."""

    anchor: str
    signed: tuple[Signed, ...] = ()
    lists: tuple[DeviceList, ...] = ()

    @property
    def newest(self) -> DeviceList | None:
        return self.lists[-1] if self.lists else None

    @property
    def head(self) -> str:
        """The newest version's hash."""
        return self.signed[-1].hash if self.signed else FIRST

    @property
    def version(self) -> int:
        return len(self.lists)

    @property
    def letting(self) -> Letting:
        """Who comes into the next version without an owner's screen that signs for it."""
        return device_list.letting(self.lists)

    def shorter(self, version: int) -> Chain:
        """As it was at that version."""
        return Chain(self.anchor, self.signed[:version], self.lists[:version])

    def member(self, id: str) -> Member | None:
        """Who is called so and belongs to the group now."""
        return self.newest.member(id) if self.newest is not None else None

    def of_epoch(self, id: str, epoch: int) -> list[Member]:
        """Who was called so while that epoch's key was in use. There may be several: keys change."""
        found = (one.member(id) for one in self.lists if one.epoch == epoch)
        return [member for member in found if member is not None]

    def judge(self, new: Signed) -> Why | None:
        """Why another list does not count; None: it is the next one."""
        listed = device_list.read(new)
        if listed is None:
            return "unsound"
        at = listed.version - 1
        if at >= len(self.signed):
            return device_list.follows(self.newest, self.head, new, self.anchor, self.letting)
        if self.signed[at].hash == new.hash:
            return "known"
        # Another one of a version that there is: noise, unless somebody entitled has signed two.
        then = self.shorter(at)
        why = device_list.follows(then.newest, then.head, new, self.anchor, then.letting)
        return "fork" if why in (None, "epoch", "unvouched") else why

    def grown(self, new: Signed) -> Chain:
        """With the next version. Raises ValueError for what is not."""
        why, listed = self.judge(new), device_list.read(new)
        if why is not None or listed is None:
            raise ValueError(why or "unsound")
        return Chain(self.anchor, (*self.signed, new), (*self.lists, listed))

    def key(self, epoch: int, member: str, keys: Keys) -> bytes | None:
        """The group's key of an epoch, for who has ``keys`` and is called ``member``; None: it has none."""
        found: bytes | None = None
        seen = 0
        for listed in reversed(self.lists):
            if listed.epoch == seen:
                continue
            mine = listed.member(member)
            key = group_key.unwrapped(mine.wrap, keys, listed.epoch, member) if mine is not None else None
            if key is None and found is not None and seen == listed.epoch + 1:
                key = group_key.handed(self._past(seen), found, seen)
            # A key that is not the others' is none.
            found = key if key is not None and group_key.mark(key) == listed.mark else None
            seen = listed.epoch
            if seen == epoch:
                return found
        return None

    def _past(self, epoch: int) -> str:
        return next(one.past for one in reversed(self.lists) if one.epoch == epoch)
