"""A household's group for tests: members with their real keys, and lists as they would be signed."""

from __future__ import annotations

import os

from wayhome.sealing import change, keys
from wayhome.sealing.chain import Chain
from wayhome.sealing.change import Random, Wanted
from wayhome.sealing.device_list import DeviceList, Signed, Vouch, read
from wayhome.sealing.keys import Keys, text

HUB = "hub.home"
OWNERS = ("owner", "second")
"""What owners' screens are called here: from the first of them on who comes in is vouched for."""


def chance() -> Random:
    return Random(os.urandom(32), os.urandom(12))


def listed(signed: Signed) -> DeviceList:
    found = read(signed)
    assert found is not None
    return found


class Group:
    """``chain``: as the hub has it. ``keys``: everybody's, also of those who are out."""

    def __init__(self, bound: bool = False) -> None:
        self.keys: dict[str, Keys] = {HUB: keys.fresh()}
        self.wanted: dict[str, Wanted] = {HUB: self.want(HUB)}
        self.chain = Chain(keys.mark(self.keys[HUB].sign))
        self.take(change.founded(self.wanted.values(), HUB, self.keys[HUB], chance(), 1.0, bound))

    def want(self, id: str) -> Wanted:
        kind = "hub" if id.startswith("hub") else "paper" if id == "paper" else "screen"
        mine = self.keys[id]
        person = "mei" if kind == "screen" else None
        return Wanted(id, kind, mine.sign, mine.open, person, kind != "screen", id in OWNERS)  # type: ignore[arg-type]

    def take(self, signed: Signed) -> None:
        self.chain = self.chain.grown(signed)

    def next(self, signer: str = HUB, vouches: tuple[Vouch, ...] = (), keeper: str = HUB) -> Signed:
        """The version that would come next, with who is wanted now."""
        by = self.keys[signer]
        return change.changed(self.chain, self.wanted.values(), keeper, signer, by, chance(), 2.0, vouches)

    def vouch(self, id: str, by: str = OWNERS[0], keys: Keys | None = None) -> Vouch:
        """Who is called ``by`` lets ``id`` in, as it is wanted now."""
        message = self.wanted[id].member().vouched(self.chain.head)
        return Vouch(id, by, text((keys or self.keys[by]).signed(message)))

    def add(self, id: str, by: str | None = None) -> Signed:
        self.keys.setdefault(id, keys.fresh())
        self.wanted[id] = self.want(id)
        signed = self.next(vouches=(self.vouch(id, by),) if by is not None else ())
        self.take(signed)
        return signed

    def remove(self, id: str) -> Signed:
        del self.wanted[id]
        signed = self.next()
        self.take(signed)
        return signed

    def key(self, id: str, epoch: int, chain: Chain | None = None) -> bytes | None:
        return (chain or self.chain).key(epoch, id, self.keys[id])
