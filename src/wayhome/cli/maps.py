"""map add, list, offered, search, stop, remove."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from wayhome.cli.remote import Failure, Remote, common, show, table

WORDS = {
    "fetch": "fetching the extract",
    "check": "looking at it",
    "places": "places and addresses",
    "tiles": "tiles to look at",
    "roads": "roads to find ways on",
}


@click.group("map")
def map_() -> None:
    """Maps for the road, on your own disk: streets, addresses, charging stations, ways."""


@map_.command()
@click.argument("source")
@click.option("--name", default="", help="What it is to be called, 60 letters at most.")
@click.option("--wait/--no-wait", default=True, help="Whether to wait until it is there.")
@common
def add(source: str, name: str, wait: bool, data: str | None, as_json: bool) -> None:
    """Make a map of SOURCE: a file (.osm.pbf), an address, or a region's name ("map offered" names them).

    Any extract of OpenStreetMap does. If it breaks off, the same command goes on where it was.
    """
    remote = Remote(data)
    before = _made(remote.call("maps.list", reads=True))
    # The hub reads the file, not this command: a relative path means something else there.
    if "://" not in source and Path(source).expanduser().is_file():
        source = str(Path(source).expanduser().resolve())
    begun = remote.call("maps.add", {"source": source, "name": name})
    made = _waited(remote, begun, before, quiet=as_json) if wait else begun

    def text(found: dict[str, Any]) -> str:
        if "bounds" not in found:
            return f"{found['name']} is being made. `wayhome map list` shows how far it is."
        held = f"{found['spots']} places, {found['stations']} charging stations"
        return f"{found['name']} is there: {held}. {found['credit']} ({found['licence']})"

    show(made, as_json, text)


def _made(listed: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["revision"] for one in listed["regions"]}


def _waited(remote: Remote, begun: dict[str, Any], before: dict[str, str], quiet: bool) -> Any:
    """The region once it is there. Raises Failure with why it is not."""
    told = ""
    while True:
        listed = remote.call("maps.list", reads=True)
        making = listed.get("making")
        if making is None or making["id"] != begun["id"]:
            break
        if making.get("error"):
            raise Failure(making["error"], making.get("advice"))
        share = making.get("share")
        line = WORDS[making["step"]] + ("" if share is None else f" {share:.0%}")
        if line != told and not quiet:
            click.echo(line, err=True)
            told = line
        time.sleep(0.3)
    found = next((one for one in listed["regions"] if one["id"] == begun["id"]), None)
    if found is None or found["revision"] == before.get(begun["id"]):
        raise Failure("it was given up", "Somebody stopped it.")
    return found


def _as_of(region: dict[str, Any]) -> str:
    only = None if region.get("by_kind") else "names only: make it anew to search by what something is"
    return ", ".join(filter(None, (region.get("state"), only)))


@map_.command("list")
@common
def list_(data: str | None, as_json: bool) -> None:
    """Show the maps that are there, and the one that is being made."""
    answer = Remote(data).call("maps.list", reads=True)

    def text(found: dict[str, Any]) -> str:
        rows = [
            (one["id"], one["name"], f"{one['size'] / 1e6:.0f} MB", f"{one['spots']} places", _as_of(one))
            for one in found["regions"]
        ]
        making = found.get("making")
        if making is not None:
            how = making.get("error") or WORDS[making["step"]]
            rows.append((making["id"], making["name"], how, "", ""))
        return table(rows) if rows else "No map yet. `wayhome map add` makes one of any extract of OpenStreetMap."

    show(answer, as_json, text)


@map_.command()
@common
def offered(data: str | None, as_json: bool) -> None:
    """Show the regions that can be had by name. It takes the internet."""
    answer = Remote(data).call("maps.offered", reads=True)
    show(answer, as_json, lambda found: table([(one["id"], one["name"]) for one in found["regions"]]))


@map_.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en")
@common
def search(text: tuple[str, ...], language: str, data: str | None, as_json: bool) -> None:
    """Look for TEXT: a street, an address, a place."""
    asked = {"text": " ".join(text), "language": language}
    answer = Remote(data).call("maps.search", asked, reads=True)

    def rows(found: dict[str, Any]) -> str:
        lines = [
            (one["kind"], one["name"], one.get("where") or "", f"{one['latitude']:.5f},{one['longitude']:.5f}")
            for one in found["spots"]
        ]
        return table(lines) if lines else "Nothing is called so."

    show(answer, as_json, rows)


@map_.command()
@common
def stop(data: str | None, as_json: bool) -> None:
    """Give up the map that is being made."""
    show(Remote(data).call("maps.stop"), as_json, lambda _: "Given up.")


@map_.command()
@click.argument("id")
@common
def remove(id: str, data: str | None, as_json: bool) -> None:
    """Remove the map ID from the disk."""

    def text(found: dict[str, Any]) -> str:
        return "Removed. The roads of the others are made anew." if found.get("making") else "Removed."

    show(Remote(data).call("maps.remove", {"id": id}), as_json, text)
