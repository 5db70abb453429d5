"""site list, invite, join, remove, move, relay."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import click

from wayhome.cli.remote import Remote, age, common, show, table


@click.group()
def site() -> None:
    """Have the hubs of one household, at home and in its cars, work as one."""


@site.command("list")
@common
def list_(data: str | None, as_json: bool) -> None:
    """Show the other sites and how they are doing."""
    found = Remote(data).call("sites.list", reads=True)

    def text(found: dict[str, Any]) -> str:
        now = time.time()
        rows = [("SITE", "", "HEARD", "WISHES WAIT", "LINES BEHIND", "BY")]
        for other in found["others"]:
            if other["meets"] is not None:
                rows.append((other["id"], f"meets at {other['meets']}", "", "", "", ""))
                continue
            heard = "never" if other["heard"] is None else f"{age(now - other['heard'])} ago"
            state = "there" if other["state"] == "here" else "away"
            waiting, behind = str(other["waiting"]), str(other["behind"])
            rows.append((other["id"], state, heard, waiting, behind, other.get("by") or other.get("detail") or ""))
        taken = [f"{other['id']}: {why}" for other in found["others"] for why in other["refused"]]
        return "\n".join([_shown(found, rows), *taken])

    show(found, as_json, text)


def _shown(found: dict[str, Any], rows: Sequence[tuple[str, ...]]) -> str:
    return f"This is the site {found['site']}.\n{table(rows) if found['others'] else 'It is the only one.'}"


@site.command()
@click.argument("id", default="")
@common
def invite(id: str, data: str | None, as_json: bool) -> None:
    """Make a link by which one other hub may join this household, within a quarter of an hour. With ID: by which that
    site, which is of it already, may come in anew."""
    offer = Remote(data).call("sites.invite", {"site": id} if id else {})

    def text(offer: dict[str, Any]) -> str:
        left = max(0, offer["expires"] - time.time()) / 60
        return f"Within {left:.0f} minutes, on the other hub's machine:\n  wayhome site join '{offer['link']}'"

    show(offer, as_json, text)


@site.command()
@click.argument("link")
@click.option("--name", default="", help="What people call this site; default: as in --site.")
@common
def join(link: str, name: str, data: str | None, as_json: bool) -> None:
    """Have this fresh hub join the household of an invitation's LINK."""
    joined = Remote(data).call("sites.join", {"link": link, "name": name})
    show(joined, as_json, lambda joined: f"Joined: this hub and the site {joined['site']} are one household now.")


@site.command()
@click.argument("id")
@click.confirmation_option(prompt="Take this site and all that it owns out of the household?")
@common
def remove(id: str, data: str | None, as_json: bool) -> None:
    """Take the site ID out of the household, with its things."""
    done = Remote(data).call("sites.remove", {"site": id})

    def text(done: dict[str, Any]) -> str:
        until = done["certified"]
        if until is None:
            return f"The site {id} is no more."
        day = time.strftime("%Y-%m-%d", time.localtime(until))
        return f"The site {id} is no more. Its certificate is not renewed, and stays good for its own name until {day}."

    show(done, as_json, text)


@site.command()
@click.argument("thing")
@click.argument("id")
@click.option("--as", "twin", default="", help="What a link there calls it, where it is not found by itself.")
@common
def move(thing: str, id: str, twin: str, data: str | None, as_json: bool) -> None:
    """Have THING be of the site ID from now on: a tablet that is taken along in the car."""
    done = Remote(data).call("sites.move", {"thing": thing, "site": id, "twin": twin})
    show(done, as_json, lambda done: f"{thing} is of the site {id} now; it was of {done['before']}.")


@site.command()
@click.argument("address", default="")
@click.option("--off", is_flag=True, help="Be reached through none any more.")
@common
def relay(address: str, off: bool, data: str | None, as_json: bool) -> None:
    """Show how this hub is reached through a relay; with ADDRESS (HOST:PORT) use that one."""
    if off and address:
        raise click.UsageError("either an address, or --off")
    remote = Remote(data)
    found = (
        remote.call("sites.use_relay", {"relay": address}) if address or off else remote.call("sites.relay", reads=True)
    )
    show(found, as_json, _relay_shown)


def _relay_shown(found: dict[str, Any]) -> str:
    known = f"At a relay this hub is called {found['id']}."
    if found["relay"] is None:
        return f"No relay is used.\n{known}"
    state = "connected" if found["state"] == "there" else f"calling ({found['detail'] or 'no answer yet'})"
    lines = [f"Relay {found['relay']}: {state}.", known]
    if found["url"]:
        lines.append(f"Browsers reach it at {found['url']}.")
    if found["url"] and not found["trusted"]:
        lines.append(
            "The household's certificate does not vouch for that name: `wayhome tls renew`, then install it again."
        )
    return "\n".join(lines)
