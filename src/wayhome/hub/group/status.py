"""How the group is doing, as screens are told it."""

from __future__ import annotations

from typing import Literal

import msgspec

from wayhome.errors import Conflict
from wayhome.sealing.device_list import Letting

type State = Literal["none", "in", "out", "waiting", "behind"]
"""``none``: nobody has founded a household yet. ``waiting``: this hub is not in the list yet. ``out``: it was, or keeps
the list, with keys that it does not have any more. ``behind``: it knows that there were newer versions than it has."""


class GroupStatus(msgspec.Struct, frozen=True):
    """How the group is doing, as screens get it at ``hub/group.status``. ``head``: the newest version's hash;
    ``anchor``: the mark of the key that signed the first; ``forked``: so many lists contradict one that counts;
    ``unvouched``: so many let somebody in for whom no owner's screen has, and do not count. ``bound``: who comes in
    needs an owner's screen; ``waiting``: who waits for one, by id. ``letting``: who comes in without one: ``all``, as
    no owner's screen belongs to the group yet; ``one`` owner's screen, after the code on paper was used or the group
    begun anew; else nobody, everybody is ``vouched`` for."""

    state: State
    member: str
    version: int = 0
    epoch: int = 0
    head: str = ""
    anchor: str = ""
    keeper: str = ""
    forked: int = 0
    unvouched: int = 0
    bound: bool = False
    waiting: list[str] = []
    letting: Letting = "all"


def has_lost(state: State) -> bool:
    """Whether a hub in this state had its place in the group and lost the keys to it, and is not in it all the same.
    Raises Conflict where it never had one, or knows that it does not know the newest list: what it signed, even by the
    code on paper, would put everybody else out."""
    if state == "waiting":
        raise Conflict("this hub has not been in the group", advice="An owner's screen lets it in.")
    if state == "behind":
        raise Conflict(
            "this hub does not know the newest device list", advice="Open a screen that does, or the other hub, first."
        )
    return state != "in"
