"""What can be done for the hub itself."""

from __future__ import annotations

import msgspec

from wayhome import __version__
from wayhome.errors import BadInput
from wayhome.features.upkeep.copies import Nothing, archive, tell
from wayhome.hub.operations import operation
from wayhome.hub.ports import Finding
from wayhome.hub.session import Session

SHORTEST = 12


class About(msgspec.Struct):
    """What runs here. ``epoch`` names this run; ``rev`` is the newest live revision; ``dropped`` counts telemetry
    samples that the disk could not take."""

    version: str
    demo: bool
    epoch: str
    rev: int
    things: int
    paths: int
    sessions: int
    screens: int
    signals: int
    dropped: int
    operations: list[str]
    features: list[str]


class Sealed(msgspec.Struct, forbid_unknown_fields=True):
    """``passphrase`` (12 characters or more) seals the backup, and lets it hold the keys of links and devices."""

    passphrase: str | None = None


class Copy(msgspec.Struct):
    """A file on the hub's machine, and sentences on what could not be taken in."""

    file: str
    notes: list[str]


class Health(msgspec.Struct):
    """What was looked at, and whether all of it is well."""

    well: bool
    findings: list[Finding]


@operation("upkeep.about", reads=True)
async def about(session: Session, data: Nothing) -> About:
    """What runs here, and how much of it."""
    hub = session.hub
    return About(
        __version__,
        hub.demo,
        hub.household.published.epoch,
        hub.household.published.rev,
        len(hub.household.house.things),
        len(hub.household.published),
        len(hub.sessions),
        len(hub.live),
        len(hub.household.house.catalog),
        hub.household.dropped,
        sorted(operation.name for operation in hub.operations if session.may("act", operation.path)),
        sorted(hub.features),
    )


@operation("upkeep.backup", fresh=True, parked=True)
async def backup(session: Session, data: Sealed) -> Copy:
    """Back up everything into one file on the hub's machine, while the household goes on."""
    if data.passphrase is not None and len(data.passphrase) < SHORTEST:
        raise BadInput(f"a passphrase has {SHORTEST} characters or more", advice="A few words are a good one.")
    file, notes = await archive(session).backup(data.passphrase)
    await tell(session, "BackupMade", file=file.rpartition("/")[2])
    return Copy(file, notes)


@operation("upkeep.export", fresh=True, parked=True)
async def export(session: Session, data: Nothing) -> Copy:
    """Write everything in open formats into one file on the hub's machine. It opens on a fresh hub."""
    file, notes = await archive(session).export()
    await tell(session, "ExportMade", file=file.rpartition("/")[2])
    return Copy(file, notes)


@operation("upkeep.doctor", reads=True)
async def doctor(session: Session, data: Nothing) -> Health:
    """What works, what does not, and what to do."""
    hub = session.hub
    found: list[Finding] = []
    for status in hub.links.statuses():
        text = f"{status.name}: {status.words}" + (f" ({status.detail})" if status.detail else "")
        found.append(Finding(f"link {status.id}", status.state in ("connected", "starting"), text, status.advice))
    if not hub.links.statuses():
        found.append(
            Finding("links", True, "Nothing is joined to this household yet.", "Add Home Assistant under Links.")
        )
    fault = hub.household.keeping.fault
    found.append(
        Finding(
            "writing", fault is None, fault or "Changes are written.", None if fault is None else "Free disk space."
        )
    )
    if hub.household.dropped:
        text = f"{hub.household.dropped} samples of telemetry were not kept: the disk could not follow."
        found.append(Finding("telemetry", False, text, "Use a faster disk, or let links report less often."))
    for check in hub.checks:
        found.append(check())
    if hub.ports.archive is not None:
        found += await hub.ports.archive.findings()
    return Health(all(finding.ok for finding in found), found)
