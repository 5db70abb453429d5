"""Backups by themselves: every night or every week, with how many are kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from wayhome import log
from wayhome.core.event import Event
from wayhome.core.value import Value
from wayhome.errors import BadInput, HubError
from wayhome.features.upkeep.copies import LONGEST, Nothing
from wayhome.hub.operations import operation
from wayhome.hub.ports import Finding
from wayhome.hub.running import Hub
from wayhome.hub.session import Session

COLLECTION, ID = "upkeep", "automatic"
SECRET = "upkeep/passphrase"  # noqa: S105 - where it lies in the vault
AT = (3, 30)
"""When it happens, by the household's time: everybody sleeps, and the night's own work is done."""
SUNDAY = 6
LOOK = 60.0
MOST = 50
SHORTEST = 12

type Every = Literal["never", "night", "week"]


class Automatic(msgspec.Struct):
    """``keep``: how many are kept, the newest; ``sealed``: whether they have a passphrase. ``since``: when this was
    chosen, ``last``: when the last one was made, ``next``: when one is due, all in s since 1970. ``fault``: why the
    last try failed, in words."""

    every: Every = "never"
    keep: int = 7
    sealed: bool = False
    since: float = 0.0
    last: float | None = None
    next: float | None = None
    fault: str | None = None


class AutomaticChanges(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; what is not sent stays. ``passphrase`` (12 characters or more) seals the backups from now on and is
    kept in the vault; null: they are not sealed, and hold no keys."""

    every: Every | UnsetType = UNSET
    keep: int | UnsetType = UNSET
    passphrase: str | UnsetType | None = UNSET


def planned(before: float, every: Every, zone: tzinfo) -> float:
    """The last planned moment at or before ``before`` (s since 1970)."""
    local = datetime.fromtimestamp(before, zone)
    moment = local.replace(hour=AT[0], minute=AT[1], second=0, microsecond=0)
    if every == "week":
        moment -= timedelta(days=(moment.weekday() - SUNDAY) % 7)
    if moment.timestamp() > before:
        moment -= timedelta(days=7 if every == "week" else 1)
    return moment.timestamp()


def due(plan: Automatic, now: float, zone: tzinfo) -> bool:
    """Whether a backup should have been made by now: also one that was missed while the hub was off."""
    return plan.every != "never" and planned(now, plan.every, zone) > (plan.last or plan.since)


def following(plan: Automatic, now: float, zone: tzinfo) -> float | None:
    """When the next one is due, in s since 1970."""
    if plan.every == "never":
        return None
    step = 7 if plan.every == "week" else 1
    # From noon of the planned day, so that a day of 23 or 25 hours leads to the right one.
    day = datetime.fromtimestamp(planned(now, plan.every, zone), zone).replace(hour=12) + timedelta(days=step)
    return day.replace(hour=AT[0], minute=AT[1]).timestamp()


def read(hub: Hub) -> Automatic:
    """The plan of this household. What can't be read is none."""
    record = hub.household.records(COLLECTION).get(ID)
    try:
        plan = msgspec.convert(record.values(), Automatic) if record is not None else Automatic()
    except msgspec.ValidationError:
        plan = Automatic()
    return msgspec.structs.replace(plan, next=following(plan, hub.ports.clock.now(), hub.zone))


@operation("upkeep.automatic", reads=True)
async def automatic(session: Session, data: Nothing) -> Automatic:
    """When backups are made by themselves, and how the last one went."""
    return read(session.hub)


@operation("upkeep.automatic_change", fresh=True, parked=True)
async def automatic_change(session: Session, data: AutomaticChanges) -> Automatic:
    """Choose when backups are made by themselves, how many are kept, and with which passphrase."""
    hub = session.hub
    values: dict[str, Value] = {}
    if data.keep is not UNSET:
        if not 1 <= data.keep <= MOST:
            raise BadInput(f"1 to {MOST} backups are kept")
        values["keep"] = data.keep
    if data.every is not UNSET:
        values |= {"every": data.every, "since": hub.ports.clock.now(), "fault": None}
    if isinstance(data.passphrase, str):
        if not SHORTEST <= len(data.passphrase) <= LONGEST:
            raise BadInput(f"a passphrase has {SHORTEST} characters or more", advice="A few words are a good one.")
        await hub.vault.keep(SECRET, data.passphrase.encode("utf-8", "replace"))
        values["sealed"] = True
    elif data.passphrase is None:
        await hub.vault.forget(SECRET)
        values["sealed"] = False
    if values:
        await hub.household.write(COLLECTION, ID, values, session.context())
    return read(hub)


async def make(hub: Hub) -> None:
    """Make an automatic backup and let the oldest go. What came of it is kept with the plan. Raises nothing."""
    archive, context = hub.ports.archive, hub.context("hub:upkeep")
    if archive is None:
        return
    now = hub.ports.clock.now()
    outcome: dict[str, Value]
    try:
        secret = await hub.vault.secret(SECRET)
        file, _ = await archive.backup(secret.decode() if secret is not None else None, True)
        outcome = {"last": now, "fault": None}
        event = Event("BackupMade", now, context, None, {"file": file.rpartition("/")[2]})
        own = [one for one in await archive.kept() if one.automatic]
        for old in own[read(hub).keep :]:
            await archive.forget(old.file)
    except HubError as error:
        # Counted as made: the next night tries again, not the next minute.
        outcome = {"last": now, "fault": error.detail[:300]}
        event = Event("BackupFailed", now, context, None, {"why": error.detail[:300]})
    await hub.household.write(COLLECTION, ID, outcome, context)
    await hub.household.tell(event)


def finding(hub: Hub) -> Finding:
    """What the doctor says of it."""
    plan = read(hub)
    if plan.fault is not None:
        text = f"The last automatic backup failed: {plan.fault}"
        return Finding("backups", False, text, "Free disk space if there is none, then make a backup by hand.")
    if plan.every == "never":
        return Finding("backups", True, "No backups are made by themselves.", "Choose nights or weeks under Backup.")
    return Finding("backups", True, "Backups are made by themselves.")


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Look once a minute whether a backup is due, as long as the hub runs."""

    async def run() -> None:
        while True:
            await asyncio.sleep(LOOK)
            try:
                if due(read(hub), hub.ports.clock.now(), hub.zone):
                    await make(hub)
            except Exception:
                log.get("upkeep").exception("cannot make a backup by itself")  # the next minute tries again

    hub.checks.append(lambda: finding(hub))
    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
