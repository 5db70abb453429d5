"""keys status, print, recover, begin-anew."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from wayhome.cli.remote import Remote, age, common, show, table
from wayhome.sealing.signs import of_keys

NONE = "none"
LATER = "The next one that is signed in comes in by itself."
SETTINGS = "Settings, Screens and devices"

STATES = {
    "none": "there is no device list yet: the household has no owner",
    "in": "this hub belongs to it",
    "waiting": "this hub is not let in yet",
    "out": "this hub lost its keys: `wayhome keys recover` lets it in by the code on paper",
    "behind": "this hub lost the newest device lists: another hub or a screen gives them back when they meet",
}

LETTING = {
    "all": "No owner's screen belongs to it yet: whoever signs in comes in by the hub's word alone. Open the page on an"
    " owner's screen, at the hub's secured address.",
    "one": "No owner's screen belongs to it: the next one that is signed in comes in by itself, and lets the others in."
    " If several wait, none does until all but one are signed out: sign out what nobody knows.",
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
        if status["letting"] in LETTING:
            lines.append(LETTING[status["letting"]])
        elif not any(one["kind"] == "paper" for one in found["members"]):
            lines.append(
                "There is no code on paper. Without one, and without an owner's screen, nobody can be let in any more."
                f" An owner's screen makes one: {SETTINGS}."
            )
    if status["waiting"]:
        lines.append(f"Waiting for an owner's screen to let them in: {', '.join(status['waiting'])}.")
    if found["signs"]:
        lines.append(f"This hub waits for that. Its signs: {found['signs']}")
    return "\n".join(lines)


@keys.command("print")
@common
def print_(data: str | None, as_json: bool) -> None:
    """Make a code on paper, which lets a hub in that lost its keys. It is shown once. It counts, and the one of before
    is void, once an owner's screen has let it in. This one is made on this hub, for who has no screen that makes one: a
    hub that is broken into at that moment has it. An owner's screen makes one that no hub knows, under Settings,
    Screens and devices."""
    made = Remote(data).call("keys.print")
    show(made, as_json, _code)


def _code(made: dict[str, Any]) -> str:
    return "\n".join(
        (
            made["code"],
            "Write it down: it is not shown again.",
            f"Where an owner's screen asks about it, it shows these signs: {of_keys(made['sign'], made['open'])}",
            "It was made on this hub. An owner's screen makes one that no hub knows: Settings, Screens and devices.",
        )
    )


@keys.command()
@click.option("--code", prompt="The code on paper", help="Asked for if not given.")
@click.option("--screen", help="The owner's screen that comes in by it, where none is left and several wait.")
@common
def recover(code: str, screen: str | None, data: str | None, as_json: bool) -> None:
    """Let this hub into the group again by the code on paper, and one owner's screen where none is left. The code is
    void then. Everybody else who waits goes on waiting, until that screen lets them in."""
    remote = Remote(data)
    if screen is None and not as_json and sys.stdin.isatty():
        screen = _chosen(remote)
    done = remote.call("keys.recover", {"code": code, "screen": screen})
    who = "It is in, and lets" if screen else "If no owner's screen is left, the next one comes in by itself and lets"
    show(done, as_json, lambda _: f"Done: the code is void. {who} the others in. Make another code there: {SETTINGS}")


def _chosen(remote: Remote) -> str | None:
    """Which of the owners' screens that wait comes in by the code, as somebody says who sees its signs on it."""
    told, listed = (remote.call(name, reads=True) for name in ("keys.waiting", "keys.list"))
    ones = [one for one in told["waiting"] if one["owner"]]
    inside = listed["status"]["state"] == "in"
    if not ones or (inside and any(one["owner"] for one in listed["members"])):
        return None
    click.echo("These owners' screens wait. One of them comes in by the code, and lets the others in:")
    rows = [
        (
            one["id"],
            one["name"] + (" (not let in)" if one["refused"] else ""),
            one["person"] or "",
            of_keys(one["sign"], one["open"]),
        )
        for one in ones
    ]
    click.echo(table([("SCREEN", "", "OF", "SIGNS, AS IT SHOWS THEM ITSELF"), *rows]))
    click.echo(f"{NONE}: none of these. " + ("Sign out what nobody knows, then use the code." if inside else LATER))
    found: str = click.prompt("Which one", type=click.Choice([*(one["id"] for one in ones), NONE]))
    if found == NONE and inside:
        raise click.Abort
    return None if found == NONE else found


@keys.command("begin-anew")
@click.confirmation_option(
    prompt="Begin anew? What is sealed until now can't be opened any more, by nobody new. The first owner's screen that"
    " is signed out and in again comes in by itself, and lets all others in: sign out what nobody knows first"
)
@common
def begin_anew(data: str | None, as_json: bool) -> None:
    """Found the group anew, with new keys: when this hub's are lost and there is no code on paper, or somebody
    has them. One owner's screen comes in by itself then, and lets the others in."""
    done = Remote(data).call("keys.begin_anew")
    show(
        done,
        as_json,
        lambda _: "Begun anew. Sign each screen out and in again, an owner's first, and invite other hubs anew.",
    )
