"""What a monitor is told of the hub: figures without names of people, places or things, in Prometheus' text format.

Why by hand: docs/adr/0041-figures-for-a-monitor.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import msgspec

from wayhome import __version__
from wayhome.features.upkeep.copies import Nothing
from wayhome.hub.instance import State
from wayhome.hub.operations import File, operation
from wayhome.hub.running import Hub
from wayhome.hub.session import Session

MEDIA_TYPE = "text/plain; version=0.0.4"


class Sample(msgspec.Struct, frozen=True):
    """One value and its labels."""

    value: float
    labels: dict[str, str] = {}


class Metric(msgspec.Struct, frozen=True):
    """A metric by its whole name, what it tells in one line, and its samples."""

    name: str
    kind: Literal["gauge", "counter"]
    text: str
    samples: Sequence[Sample]


def written(metrics: Iterable[Metric]) -> str:
    """Metrics in Prometheus' text format 0.0.4."""
    lines: list[str] = []
    for metric in metrics:
        lines.append(f"# HELP {metric.name} {_escaped(metric.text)}")
        lines.append(f"# TYPE {metric.name} {metric.kind}")
        for sample in metric.samples:
            labels = ",".join(f'{name}="{_escaped(value, quotes=True)}"' for name, value in sample.labels.items())
            lines.append(f"{metric.name}{f'{{{labels}}}' if labels else ''} {float(sample.value)!r}")
    return "\n".join(lines) + "\n"


def _escaped(text: str, *, quotes: bool = False) -> str:
    text = text.replace("\\", r"\\").replace("\n", r"\n")
    return text.replace('"', r"\"") if quotes else text


def of_hub(hub: Hub) -> list[Metric]:
    """How the hub itself is doing."""
    household = hub.household
    states = [status.state for status in hub.links.statuses()]
    links = [Sample(states.count(state), {"state": state}) for state in get_args(State.__value__)]
    outcomes = [Sample(count, {"outcome": outcome}) for outcome, count in hub.outcomes.items()]
    return [
        Metric("wayhome_build_info", "gauge", "What runs here.", [Sample(1, {"version": __version__})]),
        _one("wayhome_revisions_total", "counter", "Changes that screens were told.", household.published.rev),
        _one("wayhome_things", "gauge", "Things of the household.", len(household.house.things)),
        _one("wayhome_paths", "gauge", "Paths that something is known of.", len(household.published)),
        _one("wayhome_sessions", "gauge", "Open sessions, this request's among them.", len(hub.sessions)),
        _one("wayhome_screens", "gauge", "Screens and programs on the live socket.", len(hub.live)),
        Metric("wayhome_links", "gauge", "Links by their state.", links),
        Metric("wayhome_commands_total", "counter", "Wishes that have ended, by how.", outcomes),
        _one("wayhome_samples_dropped_total", "counter", "Samples of telemetry not kept.", household.dropped),
        _one(
            "wayhome_writes_fail",
            "gauge",
            "1 while changes do not reach the disk.",
            household.keeping.fault is not None,
        ),
    ]


def of_sites(hub: Hub) -> list[Metric]:
    """How the other sites are doing, as seen from this one."""
    now = hub.household.clock.now()
    every = [hub.sites.status(site) for site in sorted(hub.sites.all())]
    sites = [one for one in every if one.meets is None]  # another car is met at home: nobody waits for it here
    heard = [Sample(max(0.0, now - one.heard), {"site": one.id}) for one in sites if one.heard is not None]

    def each(name: str, text: str, values: Iterable[float]) -> Metric:
        samples = [Sample(value, {"site": one.id}) for one, value in zip(sites, values, strict=True)]
        return Metric(f"wayhome_site_{name}", "gauge", text, samples)

    return [
        each("present", "1 while the site is there, 0 while it is away.", [one.state == "here" for one in sites]),
        Metric("wayhome_site_heard_seconds", "gauge", "Seconds since the site's last word.", heard),
        each("wishes_waiting", "Wishes that did not reach the site yet.", [one.waiting for one in sites]),
        each("lines_behind", "Lines of this hub's log that the site has not kept yet.", [one.behind for one in sites]),
    ]


def _one(name: str, kind: Literal["gauge", "counter"], text: str, value: float) -> Metric:
    return Metric(name, kind, text, [Sample(value)])


@operation("upkeep.metrics", reads=True)
async def metrics(session: Session, data: Nothing) -> File:
    """Figures for a monitor, in Prometheus' text format; also at ``GET /metrics``. There are no names of people, places
    or things in it."""
    text = written([*of_hub(session.hub), *of_sites(session.hub)])
    return File(text.encode(), MEDIA_TYPE, "wayhome-metrics.txt")
