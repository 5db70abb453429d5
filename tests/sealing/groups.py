"""A household's group for tests: members with their real keys, and lists as they would be signed."""

from __future__ import annotations

import os

from wayhome.sealing import change, keys
from wayhome.sealing.chain import Chain
from wayhome.sealing.change import Random, Wanted
from wayhome.sealing.device_list import DeviceList, Signed, read
from wayhome.sealing.keys import Keys

HUB = "hub.home"


def chance() -> Random:
    return Random(os.urandom(32), os.urandom(12))


def listed(signed: Signed) -> DeviceList:
    found = read(signed)
    assert found is not None
    return found


class Group:
    """``chain``: as the hub has it. ``keys``: everybody's, also of those who are out."""

    def __init__(self) -> None:
        self.keys: dict[str, Keys] = {HUB: keys.fresh()}
        self.wanted: dict[str, Wanted] = {HUB: self.want(HUB)}
        self.chain = Chain(keys.mark(self.keys[HUB].sign))
        self.take(change.founded(self.wanted.values(), HUB, self.keys[HUB], chance(), 1.0))

    def want(self, id: str) -> Wanted:
        kind = "hub" if id.startswith("hub") else "paper" if id == "paper" else "screen"
        mine = self.keys[id]
        return Wanted(id, kind, mine.sign, mine.open, None if kind == "hub" else "mei", kind != "screen")  # type: ignore[arg-type]

    def take(self, signed: Signed) -> None:
        self.chain = self.chain.grown(signed)

    def next(self, signer: str = HUB) -> Signed:
        """The version that would come next, with who is wanted now."""
        return change.changed(self.chain, self.wanted.values(), HUB, signer, self.keys[signer], chance(), 2.0)

    def add(self, id: str) -> Signed:
        self.keys.setdefault(id, keys.fresh())
        self.wanted[id] = self.want(id)
        signed = self.next()
        self.take(signed)
        return signed

    def remove(self, id: str) -> Signed:
        del self.wanted[id]
        signed = self.next()
        self.take(signed)
        return signed

    def key(self, id: str, epoch: int, chain: Chain | None = None) -> bytes | None:
        return (chain or self.chain).key(epoch, id, self.keys[id])
