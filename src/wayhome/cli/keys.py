"""keys status, print, recover, begin-anew."""

from __future__ import annotations

import time
from typing import Any

import click

from wayhome.cli.remote import Remote, age, common, show, table

STATES = {
    "none": "there is no device list yet: the household has no owner",
    "in": "this hub belongs to it",
    "waiting": "this hub is not let in yet",
    "out": "this hub lost its keys: `wayhome keys recover` lets it in by the code on paper",
    "behind": "this hub lost the newest device lists: another hub or a screen gives them back when they meet",
}


@click.group()
def keys() -> None:
    """Show who opens what is private in this household, and let a hub in again that lost its keys."""


@keys.command()
@common
def status(data: str | None, as_json: bool) -> None:
    """Show the device list: who belongs to it, since which version, and who signed it."""
    show(Remote(data).call("keys.list", reads=True), as_json, _shown)


def _shown(found: dict[str, Any]) -> str:
    status = found["status"]
    lines = [f"As to the device list: {STATES[status['state']]}."]
    if status["forked"]:
        lines.append(f"ALARM: {status['forked']} other list(s) of the same version were found, well signed.")
    if count := status["unvouched"]:
        lines.append(f"ALARM: {count} list(s) were found, well signed, with somebody in it whom no owner let in.")
    if status["version"]:
        ago = age(max(0.0, time.time() - found["made"]))
        lines.append(f"Version {status['version']}, key {status['epoch']}, signed by {found['signer']} {ago} ago.")
        rows = [("MEMBER", "", "OF", "SINCE", "LET IN BY", "")]
        for one in found["members"]:
            may = "signs" if one["signs"] else "lets in" if one["owner"] else ""
            rows.append((one["id"], one["kind"], one["person"] or "", str(one["since"]), one["by"], may))
        lines.append(table(rows))
    if status["waiting"]:
        lines.append(f"Waiting for an owner's screen to let them in: {', '.join(status['waiting'])}.")
    if found["signs"]:
        lines.append(f"This hub waits for that. Its signs: {found['signs']}")
    return "\n".join(lines)


@keys.command("print")
@common
def print_(data: str | None, as_json: bool) -> None:
    """Make a code on paper, which lets a hub in that lost its keys. It is shown once. It counts, and the one of before
    is void, once an owner's screen has let it in."""
    made = Remote(data).call("keys.print")
    show(made, as_json, lambda made: f"{made['code']}\nWrite it down: it is not shown again.")


@keys.command()
@click.option("--code", prompt="The code on paper", help="Asked for if not given.")
@common
def recover(code: str, data: str | None, as_json: bool) -> None:
    """Let this hub into the group again by the code on paper, or, where it is in and no owner's screen is left, the
    next one of these. The code is void then."""
    done = Remote(data).call("keys.recover", {"code": code})
    show(done, as_json, lambda _: "Done: the code is void. Make another one: wayhome keys print")


@keys.command("begin-anew")
@click.confirmation_option(prompt="Begin anew? What is sealed until now can't be opened any more, by nobody new")
@common
def begin_anew(data: str | None, as_json: bool) -> None:
    """Found the group anew, with new keys: when this hub's are lost and there is no code on paper, or somebody
    has them."""
    done = Remote(data).call("keys.begin_anew")
    show(done, as_json, lambda _: "Begun anew. Sign each screen out and in again, and invite other hubs anew.")
