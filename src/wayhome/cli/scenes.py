"""scene list, capture, run, undo, delete."""

from __future__ import annotations

import json
from typing import Any

import click

from wayhome.cli.remote import Remote, common, show, table


@click.group()
def scene() -> None:
    """Run scenes, and make them from what is."""


@scene.command("list")
@common
def list_(data: str | None, as_json: bool) -> None:
    """Show every scene. Those of Home Assistant are things: `wayhome get '*/scene.**'`."""
    answer = Remote(data).call("scenes.list", reads=True)

    def text(found: list[dict[str, Any]]) -> str:
        return (
            table([(one["name"], f"{one['things']} things", one["id"]) for one in found]) if found else "No scenes yet."
        )

    show(answer["scenes"], as_json, text)


@scene.command()
@click.argument("name")
@click.option("--things", default="", help="Ids of things, with commas between them.")
@click.option("--rooms", default="", help="Names of rooms, with commas between them.")
@common
def capture(name: str, things: str, rooms: str, data: str | None, as_json: bool) -> None:
    """Make a scene NAME of how things are now: `wayhome scene capture Reading --rooms "Living room"`."""
    remote = Remote(data)
    draft = remote.call("scenes.capture", {"things": things, "rooms": rooms}, reads=True)
    parts = [{"thing": part["thing"], "states": part["states"]} for part in draft["parts"]]
    made = remote.call("scenes.make", {"name": name, "parts": parts})

    def text(answer: dict[str, Any]) -> str:
        kept = [
            (part["name"], ", ".join(f"{state} {json.dumps(value)}" for state, value in part["states"].items()))
            for part in answer["parts"]
        ]
        left = [(one["name"], f"{one['signal']} was left out: {one['why']}") for one in draft["left"]]
        return table([*kept, *left])

    show({**made, "left": draft["left"]}, as_json, text)


@scene.command()
@click.argument("name")
@click.option("--held", is_flag=True, help="Confirm what asks for press-and-hold.")
@common
def run(name: str, held: bool, data: str | None, as_json: bool) -> None:
    """Run the scene NAME (or its id), and say what came of each of its states."""
    answer = Remote(data).call("scenes.run", {"scene": name, "held": held})
    show(answer, as_json, _outcomes)


@scene.command()
@click.argument("name")
@click.option("--held", is_flag=True, help="Confirm what asks for press-and-hold.")
@common
def undo(name: str, held: bool, data: str | None, as_json: bool) -> None:
    """Put back what stood before the last run of the scene NAME."""
    answer = Remote(data).call("scenes.undo", {"scene": name, "held": held})
    show(answer, as_json, _outcomes)


@scene.command()
@click.argument("name")
@common
def delete(name: str, data: str | None, as_json: bool) -> None:
    """Delete the scene NAME (or its id). What it did stays as it is."""
    remote = Remote(data)
    found = remote.call("scenes.show", {"scene": name}, reads=True)["scene"]
    answer = remote.call("scenes.delete", {"scene": found["id"]})
    show(answer, as_json, lambda it: f"Deleted {it['scene']['name']}")


def _outcomes(answer: dict[str, Any]) -> str:
    words = {"same": "is so already", "sent": "sent, not reported yet", "waits": "waits for its site"}
    rows = [
        (
            one["name"],
            f"{one['signal']} {json.dumps(one['value'])}",
            one.get("why") or words.get(one["state"], one["state"]),
        )
        for one in answer["outcomes"]
    ]
    return table(rows) if rows else "There was nothing to do."
