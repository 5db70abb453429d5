"""The code on paper, beginning anew, and what both do to the group of those who open what is private."""

from __future__ import annotations

import os

from wayhome.errors import BadInput, Conflict, NotFound
from wayhome.hub.group import said
from wayhome.hub.group.group import Group
from wayhome.hub.group.said import KEYS
from wayhome.hub.group.status import has_lost
from wayhome.hub.group.wanted import GROWN
from wayhome.sealing import paper
from wayhome.sealing.change import Settled, Wanted, first_ones


async def print_paper(group: Group) -> tuple[str, Wanted]:
    """A fresh code on paper, made by this hub and told this once. Where an owner's screen belongs to the group, the
    code counts, and one of before is void, once one has let it in. Raises Conflict."""
    async with group.turn:
        group.must_keep()
        assert group.chain is not None
        secret = os.urandom(paper.SIZE)
        of_paper = paper.keys(secret)
        printed = Wanted(paper.ID, "paper", of_paper.sign, of_paper.open, None, True)
        if group.chain.letting == "all":
            others = [one for one in group.wanted() if one.id != paper.ID]
            await group.next([*others, printed], group.id, group.mine)
        else:
            await said.say(group.hub, paper.ID, of_paper.sign, of_paper.open)
    await group.history.tell("PaperPrinted")
    return paper.code(secret), printed


async def take_paper(group: Group, sign: str, open: str) -> None:
    """A code on paper that an owner's screen has made, and of which this hub knows the public keys only. It counts once
    an owner's screen has let it in. Raises Conflict."""
    group.must_be_ready()
    if group.chain is None or group.chain.letting != "vouched":
        raise Conflict(
            "no owner's screen belongs to the group that could let the code in",
            advice="Open the page on an owner's screen, at the hub's secured address.",
        )
    await said.say(group.hub, paper.ID, sign, open)
    await group.history.tell("PaperPrinted")
    await group.settle()


async def recover(group: Group, code: str, screen: str | None = None) -> None:
    """Let this hub into the group by the code on paper, which is void then; this hub keeps the list from now on. Where
    no owner's screen is left one comes in by the code: ``screen``, the one that waits, or the next one that comes.
    Whoever else waits goes on waiting, until that one lets them in. Raises BadInput, NotFound, Conflict."""
    secret = paper.secret(code)
    if secret is None:
        raise BadInput("the code is mistyped", advice="It has seven groups of five signs.")
    group.must_be_ready()
    async with group.turn:
        await group.history.follow()
        lost = has_lost(group.state)
        found = group.settled(group.me, by_vouch=False)
        lets = group.chain.letting if group.chain is not None else "all"
        if not lost and (lets != "vouched" or any(one.owner for one in found.members)):
            raise Conflict(
                "this hub is in the group already, and an owner's screen is, too, or comes in without the code",
                advice="Sign out the screens that are lost: the code lets the next one in.",
            )
        of_paper = paper.keys(secret)
        printed = group.member(paper.ID)
        if group.chain is None or printed is None or printed.sign != of_paper.sign:
            raise NotFound("this code is not of the newest list", advice="Use the one that was printed last.")
        first = _first(group, found, screen, lost)
        if lost:
            # With a hub's vault its sign-ins are gone: no screen that is listed can say that it is still there.
            gone = [id for id in said.screens(group.hub) if first is None or id != first.id]
            await said.forget(group.hub, gone)
            found = group.settled(group.me, by_vouch=False)
        others = [one for one in found.members if one.id not in (paper.ID, group.id)]
        if first is not None:
            others = [*(one for one in others if one.id != first.id), first]
        await group.next([group.me, *others], paper.ID, of_paper)
        await said.forget(group.hub, [paper.ID])
    await group.history.tell("PaperUsed")
    await group.settle()


def _first(group: Group, found: Settled, screen: str | None, lost: bool) -> Wanted | None:
    """The owner's screen that comes in with the code; None: the next one that comes."""
    refused = said.decided(group.hub.household.records(KEYS))[1]
    had = {one.sign: one.id for one in found.members}
    waiting = [one for one in found.waiting if had.get(one.sign, one.id) == one.id]
    if screen is not None:
        # Who has the code and says which one, by its signs, counts for more than a refusal of before.
        named = next((one for one in first_ones(waiting, ()) if one.id == screen), None)
        if named is None:
            raise NotFound("no owner's screen of that name waits", advice="keys.waiting names those that do.")
        return named
    ones = first_ones(waiting, refused)
    if lost or not ones:
        return None
    if len(ones) > 1:
        raise Conflict(
            "several owners' screens wait, and one of them comes in by the code",
            advice="Say which one, by its signs; sign out what you don't know.",
        )
    return ones[0]


async def begin_anew(group: Group) -> None:
    """Found the group anew at this hub, with new keys: what was sealed until now is lost to it, and every screen and
    hub has to be told whose lists count. For when the keys that signed are lost, or somebody else has them. One owner's
    screen comes in by itself then, and lets the others in."""
    group.must_be_ready()
    async with group.turn:
        household = group.hub.household
        if not any(one.values().get("role") == GROWN[0] for one in household.records("person").values()):
            raise Conflict("there is no owner yet")
        await group.renew_keys()
        await said.forget(group.hub, [*household.records(KEYS)])
        await group.found()
        await group.history.follow()
        await group.history.tell("GroupBegunAnew")
    await group.settle()
