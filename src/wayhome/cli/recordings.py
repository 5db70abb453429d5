"""recordings list, keep, delete, camera, rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from wayhome.cli.remote import Remote, common, show, table


@click.group()
def recordings() -> None:
    """See and delete what cameras recorded, and choose what is."""


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    when = datetime.fromtimestamp(one["start"]).astimezone()
    length = f"{(one.get('end') or one['start']) - one['start']:.0f} s"
    return f"{when:%Y-%m-%d %H:%M:%S}", one["name"], one["why"], length, "stays" if one.get("kept") else "", one["id"]


@recordings.command("list")
@click.option("--day", metavar="DAY", help="Of this day, as 2026-11-26; else of the newest that has any.")
@click.option("--camera", metavar="ID", help="Of this camera only.")
@common
def list_(day: str | None, camera: str | None, data: str | None, as_json: bool) -> None:
    """Show a day's recordings, newest first."""
    asked = {name: value for name, value in (("day", day), ("camera", camera)) if value is not None}
    answer = Remote(data).call("recordings.list", asked, reads=True)

    def text(found: dict[str, Any]) -> str:
        return table([_row(one) for one in found["recordings"]]) if found["recordings"] else "No recordings."

    show(answer, as_json, text)


@recordings.command()
@click.argument("id")
@click.option("--on/--off", default=True, help="Whether it stays until somebody deletes it.")
@common
def keep(id: str, on: bool, data: str | None, as_json: bool) -> None:
    """Let the recording ID stay beyond its time, or no more."""
    answer = Remote(data).call("recordings.keep", {"id": id, "on": on})
    show(answer, as_json, lambda _: "It stays until somebody deletes it." if on else "It goes when its time is over.")


@recordings.command()
@click.argument("ids", nargs=-1, required=True)
@common
def delete(ids: tuple[str, ...], data: str | None, as_json: bool) -> None:
    """Delete recordings by their IDS."""
    answer = Remote(data).call("recordings.delete", {"ids": list(ids)})
    show(answer, as_json, lambda _: f"Deleted {len(ids)}.")


@recordings.command()
@click.argument("camera")
@click.option("--on/--off", default=None, help="Whether it is recorded when something happens.")
@common
def camera(camera: str, on: bool | None, data: str | None, as_json: bool) -> None:
    """Show or choose whether CAMERA (its id) is recorded when something happens."""
    remote = Remote(data)
    if on is None:
        answer = remote.call("recordings.camera", {"camera": camera}, reads=True)
    else:
        answer = remote.call("recordings.choose", {"camera": camera, "on": on})

    def text(found: dict[str, Any]) -> str:
        rows = [("recorded", "yes" if found["on"] else "no"), ("state", found["state"])]
        return table([*rows, *(("sensor", path) for path in found["chosen"])])

    show(answer, as_json, text)


@recordings.command()
@click.option("--days", type=click.IntRange(1, 365), help="How long recordings stay.")
@click.option("--share", type=click.IntRange(1, 80), help="Percent of the disk that they take at most.")
@click.option("--after", type=click.IntRange(1, 60), help="So many seconds are recorded after it is over.")
@common
def rules(days: int | None, share: int | None, after: int | None, data: str | None, as_json: bool) -> None:
    """Show or choose how long recordings stay and how much room they take."""
    chosen = {name: value for name, value in (("days", days), ("share", share), ("after", after)) if value is not None}
    answer = {"days": 7, "share": 20, "after": 10, **Remote(data).call("recordings.rules", chosen)}

    def text(found: dict[str, Any]) -> str:
        return table([("days", str(found["days"])), ("share", f"{found['share']} %"), ("after", f"{found['after']} s")])

    show(answer, as_json, text)
