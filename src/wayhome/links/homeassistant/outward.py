"""The other direction: Home Assistant is told where our cars are being led, and when they are there.

Each car that the owner has chosen has three states there. Facts from Home Assistant 2026.2.3, ``components/api``: an
administrator sets a state by POST to ``/api/states/<entity>`` and takes it away by DELETE. It belongs to no
integration, and is gone when Home Assistant restarts: we are back then, too, and say it again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

import httpx
import msgspec

from wayhome import log
from wayhome.core.value import Value
from wayhome.errors import HubError, Refused
from wayhome.hub.led import NOW, led
from wayhome.hub.link import LinkHost
from wayhome.hub.visit import Visit
from wayhome.links.homeassistant.address import fetched
from wayhome.links.homeassistant.login import Access
from wayhome.links.homeassistant.settings import Settings

PACE = 5.0
"""What is new goes out at once, then at most this often, in s."""
AGAIN = 30.0
"""What Home Assistant did not take is said again after this time, in s."""
GOODBYE = 2.0
"""Who stops waits no longer than this for its last word, in s."""
MOST = 255
"""Letters of a state there."""
PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "destination": ("Destination", {"icon": "mdi:map-marker"}),
    "arrival": ("Arrival", {"device_class": "timestamp"}),
    "to_go": ("To go", {"device_class": "distance", "unit_of_measurement": "km", "state_class": "measurement"}),
}


def entity(car: str, part: str) -> str:
    """The entity's id: ``sensor.wayhome_su7_arrival``."""
    return f"sensor.wayhome_{car.replace('-', '_')}_{part}"


def states(car: str, name: str, now: Value) -> dict[str, dict[str, Any]]:
    """What Home Assistant is told of a car, by entity. ``now``: its ``navigation.now``."""
    told = led(now)
    return {
        entity(car, part): {
            "state": "unknown" if told[part] is None else str(told[part])[:MOST],
            "attributes": {"friendly_name": f"{name} {title}", "attribution": "Wayhome", **attributes},
        }
        for part, (title, attributes) in PARTS.items()
    }


class Outward:
    """What one connection tells."""

    def __init__(self, host: LinkHost, settings: Settings, http: httpx.AsyncClient, access: Access) -> None:
        self._host = host
        self._url = settings.url
        self._shows = dict.fromkeys(settings.shows)
        self._published = set(settings.published)
        self._http = http
        self._access = access
        self._told: dict[str, dict[str, Any]] = {}
        """What each entity holds, as we said it last on this connection."""
        self._shut = False
        """Our user is no administrator there (any more)."""
        self._work = asyncio.Event()

    async def serve(self) -> None:
        """Tell all of it, then what changes. Home Assistant's no ends nothing else of the link. To be called for an
        administrator only: each of its refusals counts there as a wrong sign-in, and many of them shut us out."""
        if not self._shows and not self._published:
            await asyncio.Event().wait()
        with self._host.visit(self._changed) as visit:
            anew = False
            while True:
                self._work.clear()
                try:
                    await self._keep_up(visit, anew)
                except HubError as error:
                    log.get("links").warning("Home Assistant is told nothing", link=self._host.id, why=error.detail)
                    if self._shut:
                        break
                    await asyncio.sleep(AGAIN)
                    anew = True
                    continue
                anew = False
                await self._work.wait()
            await asyncio.Event().wait()

    async def _keep_up(self, visit: Visit, anew: bool) -> None:
        """``anew``: what it holds is not known for sure."""
        gone = self._published - self._shows.keys()
        # Before anything stands there: what is shown is taken away again, whatever ends the hub meanwhile.
        await self._remember(self._published | self._shows.keys())
        await self.clear(gone)
        await self._remember(self._shows.keys())
        for car in self._shows:
            thing = visit.thing(car)
            if thing is None:
                await self.clear([car])
                continue
            for id, state in states(car, thing.name, visit.value(f"{car}/{NOW}")).items():
                if anew or self._told.get(id) != state:
                    await self._put(id, state)
        if self._told:
            await asyncio.sleep(PACE)

    def _changed(self, path: str) -> None:
        car, _, rest = path.partition("/")
        if car in self._shows and rest in (NOW, "thing.info"):
            self._work.set()

    async def _remember(self, cars: Iterable[str]) -> None:
        if (now := set(cars)) != self._published:
            values: list[Value] = [*sorted(now)]
            await self._host.remember({"published": values})
            self._published = now

    async def _put(self, id: str, state: dict[str, Any]) -> None:
        self._told[id] = state
        await self._ask("POST", id, state)

    async def clear(self, cars: Iterable[str]) -> None:
        """Take what was told of cars out of Home Assistant. Raises Refused, Unreachable."""
        for car in cars:
            for part in PARTS:
                await self._ask("DELETE", entity(car, part))
                self._told.pop(entity(car, part), None)

    async def away(self) -> None:
        """The link ends, and with it what is known there."""
        if self._shut:
            return
        with contextlib.suppress(HubError, TimeoutError):
            async with asyncio.timeout(GOODBYE):
                for id, state in list(self._told.items()):
                    await self._put(id, {**state, "state": "unavailable"})

    async def _ask(self, method: str, id: str, state: dict[str, Any] | None = None) -> None:
        content = None if state is None else msgspec.json.encode(state)
        for last in (False, True):
            headers = {"Authorization": f"Bearer {await self._access.token()}"}
            status, _, _ = await fetched(
                self._http, method, f"{self._url}/api/states/{id}", content=content, headers=headers
            )
            if status != 401 or last:
                break
            self._access.forget()  # its time may have run out by Home Assistant's clock
        if status == 401:
            self._shut = True
            raise Refused("only an administrator of Home Assistant sets states there")
        if status not in (200, 201) and not (status == 404 and method == "DELETE"):
            raise Refused(f"Home Assistant answered {status} to a state")
