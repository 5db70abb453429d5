"""The first useful picture: a cold start and a warm one, on a phone and on the car's glass, against Home Assistant's
own page showing the same home."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.peers.homeassistant import HomeAssistant
from tests.web.bundle import fonts, initial

from bench.rig.demo import Household
from bench.rig.first_picture import OURS, THEIRS, WAIT
from bench.rig.glass import SIZES, SLOWED, Glass, come_in, glass, slowness
from bench.rig.measure import SERVER, answer, load, middle, note, on, quick
from bench.rig.peer_page import PeerPage
from wayhome.web.static import root

BOARD = ("bed-light", "kitchen-lights", "ceiling-lights", "front-door", "hvac", "kitchen-window")
SETTLE = 1.5
"""s that a page has after its first picture, to put away what it keeps for the next time."""
AWAY = 3.0
"""s between two openings: what was kept is old by then, and does not count."""

KB = """() => performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
  .reduce((sum, one) => sum + one.transferSize, 0) / 1000"""

type Sample = tuple[float, float, float]
"""Cold and warm in ms, and the kB that travelled for the cold one."""


def opened(one: Glass, url: str, look: str) -> tuple[float, float]:
    """From asking for the page until its first useful picture, in ms, and the kB that travelled until then."""
    page, _ = one.page(SLOWED, look)
    page.goto(f"{url}/", wait_until="commit")
    page.wait_for_function(WAIT, timeout=60_000)
    took, size = float(page.evaluate("firstPicture")), float(page.evaluate(KB))
    page.evaluate("navigator.serviceWorker?.ready")
    page.wait_for_load_state("networkidle")
    time.sleep(SETTLE)
    page.close()
    time.sleep(AWAY)
    return took, size


def both(one: Glass, url: str, look: str) -> Sample:
    """Two openings of a browser that was never here."""
    cold, size = opened(one, url, look)
    warm, _ = opened(one, url, look)
    return cold, warm, size


def ours(url: str, face: str) -> Sample:
    with glass(SIZES[face]) as one:
        come_in(one, url, board=BOARD)
        return both(one, url, OURS)


def theirs(peer: PeerPage, face: str) -> Sample:
    with glass(SIZES[face], script=peer.script) as one:
        return both(one, peer.url, THEIRS)


def linked(hub: Household, peer: HomeAssistant) -> None:
    """Put Home Assistant's home into the hub, and wait until it is there."""
    hub.found()
    with hub.api() as http:
        link = {"link": "homeassistant", "name": "Home", "config": {"url": peer.url}, "secrets": {"token": peer.token}}
        http.post("/api/links/add", json=link).raise_for_status()
        for _ in range(300):
            links = http.get("/api/links/list").raise_for_status().json()["links"]
            if all(one["state"] == "connected" for one in links):
                return
            time.sleep(0.1)
    raise RuntimeError("the link to Home Assistant did not connect")


def truly_slowed(url: str) -> float:
    with glass(SIZES["phone"]) as one:
        page, line = one.page()
        page.goto(f"{url}/api/door")
        return slowness(line, page)


def main() -> None:
    rounds = 1 if quick() else 5
    faces = ("phone",) if quick() else tuple(SIZES)
    with tempfile.TemporaryDirectory() as folder:
        peer = HomeAssistant(Path(folder) / "peer")
        with on(SERVER):
            peer.start()
        hub = Household(Path(folder) / "hub")
        try:
            page = PeerPage(peer)
            linked(hub, peer)
            slowed = truly_slowed(hub.url)
            found: dict[tuple[str, str], list[Sample]] = {}
            for _ in range(rounds):
                for face in faces:
                    found.setdefault((face, "ours"), []).append(ours(hub.url, face))
                    found.setdefault((face, "Home Assistant"), []).append(theirs(page, face))
                    note(str({" ".join(key): [round(ms) for ms in some[-1]] for key, some in found.items()}))
        finally:
            hub.stop()
            peer.stop()
    rows = []
    for (face, name), some in found.items():
        cold, warm, size = ([sample[n] for sample in some] for n in (0, 1, 2))
        rows.append(
            {
                "glass": f"{face}, {SIZES[face][0]} x {SIZES[face][1]}",
                "page": name,
                "cold_s": middle(cold) / 1e3,
                "worst_cold_s": max(cold) / 1e3,
                "warm_s": middle(warm) / 1e3,
                "worst_warm_s": max(warm) / 1e3,
                "cold_kB_travelled": middle(size),
            }
        )
    ratios = {
        f"ratio_on_the_{face}": {
            word: middle([a[n] / b[n] for a, b in zip(found[face, "ours"], found[face, "Home Assistant"], strict=True)])
            for n, word in enumerate(("cold", "warm"))
        }
        for face in faces
    }
    answer(
        title="The glass: the first useful picture",
        about="From asking for the page until the frame is painted that first shows a fact as of now: a tile's state, "
        "the car's speed or charge; on Home Assistant's own home page a tile's state or a room's sum of states. Each "
        "sample is a browser that was never here (cold: nothing cached, no service worker; already signed in), then a "
        "second page in the same browser (warm: with what each page keeps: service worker, caches, compiled scripts). "
        f"Chromium's main thread slowed {SLOWED} times by its own throttling; samples of both sides in turn, medians. "
        "The hub shows the very home that Home Assistant shows, through the link: Home Assistant's demo house. The "
        "ratio is ours to Home Assistant's, median of the pairs.",
        goal=["at most 2.5 s cold", "1.0 s warm", "at most 120 kB gzip of page, scripts, styles and words at first"],
        rows=rows,
        **ratios,
        at_first_kB_gzip=sum(initial(root()).values()) / 1e3,
        a_font_of_it_besides_kB=max(fonts(root()).values()) / 1e3,
        slowed_in_truth=slowed,
        samples=rounds,
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
