"""Who is to belong to the group, by the household's records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from wayhome.core.record import Record
from wayhome.core.value import Value
from wayhome.sealing import device_list, paper
from wayhome.sealing.chain import Chain
from wayhome.sealing.change import Wanted, as_wanted
from wayhome.sealing.keys import public

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

GROWN = ("owner", "member")
_HUB = "hub."
type Of = Mapping[str, Record]


def hub_id(site: str) -> str:
    """What a site's hub is called in the group."""
    return f"{_HUB}{site}"


def wanted(
    me: Wanted, chain: Chain | None, keys: Of, sites: Of, devices: Of, persons: Of, now: float, demo: bool = False
) -> list[Wanted]:
    """``me``: the hub that keeps the list. Hubs of the household and what its owners and members are signed in on
    belong to it, as soon as they have said their keys; children and guests do not. A paper stays until it is replaced.
    Where there are too many, those that belong to it come first, then the oldest. ``demo``: anybody may be an owner
    here, so no owner's screen vouches for others, unless one did before."""
    vouches = not demo or (chain is not None and chain.letting != "all")
    found = [me]
    for site in sites:
        if hub_id(site) != me.id:
            found += _said(keys.get(hub_id(site)), hub_id(site), "hub", None)
    found += _printed(chain, keys)
    for id, device in sorted(devices.items()):
        values = device.values()
        person = persons.get(str(values.get("person")))
        until = values.get("until")
        if id == paper.ID or id.startswith(_HUB):
            continue  # no screen takes the place of one of these
        if person is None or (isinstance(until, int | float) and until <= now):
            continue
        if person.values().get("role") in GROWN and values.get("role") in GROWN:
            owner = vouches and person.values().get("role") == GROWN[0] == values.get("role")
            found += _said(keys.get(id), id, "screen", person.id, owner)
    # One key is one member: whoever says another's key is left out, not the one who had it.
    of_key: dict[str, Wanted] = {}
    for one in found:
        of_key.setdefault(one.sign, one)
    there = {one.id for one in chain.newest.members} if chain is not None and chain.newest is not None else set()
    return sorted(of_key.values(), key=lambda one: one.id not in there)[: device_list.MEMBERS]


def _printed(chain: Chain | None, keys: Of) -> list[Wanted]:
    """The code on paper: a new one that an owner's screen has to let in, else the one that there is."""
    if chain is None or chain.newest is None:
        return []
    known = chain.member(paper.ID)
    if chain.letting != "all":
        spent = {one.sign for listed in chain.lists for one in listed.members if one.kind == "paper"}
        new = [one for one in _said(keys.get(paper.ID), paper.ID, "paper", None) if one.sign not in spent]
        if new:
            return [msgspec.structs.replace(one, signs=True) for one in new]
    return [as_wanted(known)] if known is not None else []


def _said(
    record: Record | None, id: str, kind: device_list.Kind, person: str | None, owner: bool = False
) -> list[Wanted]:
    values: Mapping[str, Value] = record.values() if record is not None else {}
    sign, open = values.get("sign"), values.get("open")
    if not isinstance(sign, str) or not isinstance(open, str):
        return []
    # Other sites write records, too: one that no list can have must not keep it from all others.
    if not device_list.is_id(id) or not (person is None or device_list.is_id(person)):
        return []
    try:
        public(sign), public(open)
    except ValueError:
        return []
    return [Wanted(id, kind, sign, open, person, owner=owner)]


def founds(hub: Hub) -> bool:
    """Whether the household was founded at this hub: it has an owner, and did not come from elsewhere."""
    records = hub.household.records
    own = records("site").get(hub.household.house.site)
    joined = own is not None and own.values().get("added_at") is not None
    if joined or (own is None and hub.sites.all()):
        return False
    return any(person.values().get("role") == GROWN[0] for person in records("person").values())
