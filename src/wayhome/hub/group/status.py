"""How the group is doing, as screens are told it."""

from __future__ import annotations

from typing import Literal

import msgspec

type State = Literal["none", "in", "out", "waiting", "behind"]
"""``none``: nobody has founded a household yet. ``waiting``: this hub is not in the list yet. ``out``: it was, or keeps
the list, with keys that it does not have any more. ``behind``: it knows that there were newer versions than it has."""


class GroupStatus(msgspec.Struct, frozen=True):
    """How the group is doing, as screens get it at ``hub/group.status``. ``head``: the newest version's hash;
    ``anchor``: the mark of the key that signed the first; ``forked``: so many lists contradict one that counts;
    ``unvouched``: so many let somebody in for whom no owner's screen has, and do not count. ``bound``: who comes in
    needs an owner's screen; ``waiting``: who waits for one, by id."""

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
