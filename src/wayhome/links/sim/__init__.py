"""The demo household: a car that drives and a home that lives, without any hardware.

Physics believable enough to show and to test with; everything in it can be steered while it runs.
"""

from __future__ import annotations

from wayhome.hub.link import Link
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.run import SimRun

link = Link(
    name="sim",
    title="Demo household",
    simulated=True,
    config=SimConfig,
    open=SimRun,
    about="A simulated car and home to try Wayhome with. Nothing real is switched.",
)
