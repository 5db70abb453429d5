"""One running Home Assistant: keeps the household in step with it, and takes wishes to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import batched
from typing import Any

import httpx
import msgspec

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.value import Value
from wayhome.errors import BadInput, HubError, NotFound, Refused, Unreachable
from wayhome.hub.film import Viewer
from wayhome.hub.link import LinkHost, Picture
from wayhome.hub.slides import Sameness
from wayhome.links.homeassistant import cars, wire, wire_registry
from wayhome.links.homeassistant.causes import Causes
from wayhome.links.homeassistant.client import Client, connected
from wayhome.links.homeassistant.films import EntityFilm
from wayhome.links.homeassistant.login import Access
from wayhome.links.homeassistant.mirror import Mirror
from wayhome.links.homeassistant.outward import Outward
from wayhome.links.homeassistant.pictures import still
from wayhome.links.homeassistant.settings import Settings
from wayhome.links.homeassistant.telling import Teller
from wayhome.links.homeassistant.wire_car import SIGNALS
from wayhome.links.homeassistant.wire_registry import Registry
from wayhome.links.homeassistant.wire_units import Units
from wayhome.links.homeassistant.wishes import Wishes

CHUNK = 250
"""So many things are announced and reported at once; between, the hub does other work."""
SETTLE = 0.3
"""Changes of the registries are looked at together after this time, in s."""
REGISTRIES = ("area", "device", "entity")


class HomeAssistantRun:
    """A LinkRun. Each ``run`` is one connection."""

    def __init__(self, host: LinkHost, settings: Settings) -> None:
        self._host = host
        self._settings = settings
        self._ids = dict(settings.ids)
        self._client: Client | None = None
        self._http: httpx.AsyncClient | None = None
        self._access: Access | None = None
        self._may_show = False
        self._mirror = self._new_mirror()
        self._causes = Causes()
        self._wishes = Wishes(host, self._mirror, self._causes)
        self._teller = Teller(host, self._causes)
        self._dirty = asyncio.Event()
        self._first = asyncio.Event()
        self._late: list[str] | None = None
        self._films: dict[str, EntityFilm] = {}
        """By the camera's entity."""
        self._stills: dict[str, Sameness] = {}
        """Since when each camera's still is the same."""

    def _new_mirror(self) -> Mirror:
        return Mirror(self._host.id, self._ids, self._settings.choice(), self._settings.cars)

    # Life

    async def run(self) -> None:
        """See LinkRun."""
        self._mirror, self._causes = self._new_mirror(), Causes()
        self._wishes = Wishes(self._host, self._mirror, self._causes)
        self._teller = Teller(self._host, self._causes)
        self._dirty, self._first, self._late = asyncio.Event(), asyncio.Event(), []
        self._may_show = False
        settings = self._settings
        async with httpx.AsyncClient(trust_env=False) as http:
            access = Access(self._host, settings.url, settings.client_id, http)
            outward = Outward(self._host, settings, http, access)
            self._http, self._access = http, access
            try:
                async with connected(settings.url, await access.token()) as client:
                    self._client = client
                    await self._together(client.serve(), self._work(client, outward))
            finally:
                self._client = self._http = self._access = None
                films, self._films = self._films, {}
                for film in films.values():
                    await film.need.end(Unreachable("Home Assistant is not connected"))
                await outward.away()

    async def _together(self, *parts: Coroutine[Any, Any, None]) -> None:
        """Do these at once; the first trouble of any ends all."""
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            # When the connection breaks, the work fails with it: the reader knows the reason.
            for task in sorted(done, key=tasks.index):
                await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, client: Client, outward: Outward) -> None:
        self._mirror.codes = {name for name in ("alarm_code", "lock_code") if await self._host.secret(name)}
        try:
            me = await client.ask("auth/current_user")
            self._causes.user = me.get("id") if isinstance(me, dict) else None
            self._may_show = isinstance(me, dict) and me.get("is_admin") is True
        except Refused:
            pass  # then causes are known from results only
        await self._look(client)
        for name in REGISTRIES:
            await self._hear(client, f"{name}_registry_updated")
        await self._hear(client, "core_config_updated")
        registry = await self._registries(client)
        await client.ask("subscribe_entities", told=self._event)
        async with asyncio.timeout(60):
            await self._first.wait()
        self._mirror.registry = registry
        self._host.note(f"reading {len(self._mirror.states)} entities of Home Assistant {client.version}")
        await self._settle()
        self._host.ready()
        self._host.note(f"Home Assistant {client.version}")
        tells = [outward.serve()] if self._may_show else []
        await self._together(self._keep_up(client), *tells)

    async def _hear(self, client: Client, event: str) -> None:
        await client.ask("subscribe_events", event_type=event, told=lambda data: self._dirty.set())

    async def _keep_up(self, client: Client) -> None:
        """Follow changed registries, and let go what stays away."""
        pause = SETTLE
        while True:
            try:
                async with asyncio.timeout(5.0 if self._mirror.running else 1.0):
                    await self._dirty.wait()
            except TimeoutError:
                was_running = self._mirror.running
                if not was_running:
                    await self._look(client)
                if self._mirror.running:
                    self._teller.tell(self._mirror.vanished(self._host.now()))
                if was_running or not self._mirror.running:
                    continue
            await asyncio.sleep(pause)
            self._dirty.clear()
            began = asyncio.get_running_loop().time()
            await self._look(client)
            self._mirror.registry = await self._registries(client)
            self._late = []
            await self._settle()
            # A starting Home Assistant changes its registries all the time: leave it, and us, time for the rest.
            pause = max(SETTLE, 4 * (asyncio.get_running_loop().time() - began))

    async def _look(self, client: Client) -> None:
        """Home Assistant's units, and whether it has finished its start."""
        config = await client.ask("get_config")
        config = config if isinstance(config, dict) else {}
        units = config.get("unit_system")
        temperature = units.get("temperature") if isinstance(units, dict) else None
        self._mirror.units = Units(temperature if isinstance(temperature, str) else "°C")
        self._mirror.running = config.get("state") == "RUNNING"

    async def _registries(self, client: Client) -> Registry:
        results: dict[str, Any] = {}
        for name in REGISTRIES:
            try:
                results[name] = await client.ask(f"config/{name}_registry/list")
            except Refused:
                results[name] = []  # one that runs without its configuration component: states are enough
        return Registry(
            wire_registry.areas(results["area"]),
            wire_registry.devices(results["device"]),
            wire_registry.entries(results["entity"]),
        )

    async def _settle(self) -> None:
        """Bring the household in step with everything, in portions."""
        before, taken = self._host.things(), self._host.taken()
        ids = dict(self._mirror.ids)
        news = self._mirror.settle(before, taken, self._host.now())
        self._host.withdraw(news.gone)
        for things in batched(news.things.values(), CHUNK):
            self._host.announce(things)
            await asyncio.sleep(0)
        self._host.online(news.online, True)
        self._host.online(news.offline, False)
        for portion in batched(news.facts, CHUNK):
            self._teller.report(list(portion))
            await asyncio.sleep(0)
        late, self._late = self._late or [], None
        self._teller.tell(self._mirror.changed(dict.fromkeys(late)))
        self._ids = self._mirror.ids
        if self._mirror.ids != ids:
            await self._remember()

    async def _remember(self) -> None:
        """Keep the things' ids, so that a renamed entity keeps its own."""
        kept: dict[str, Value] = dict(self._settings.kept(self._mirror.ids, self._mirror.plain()))
        try:
            await self._host.remember({"ids": kept})
        except HubError as error:  # the disk is full: the house goes on, a rename may be lost
            log.get("links").warning("ids not kept", link=self._host.id, error=error.detail)

    # Facts

    def _event(self, event: object) -> None:
        changes = wire.apply(self._mirror.states, event)
        self._first.set()
        touched = changes.added + changes.changed
        if changes.removed or self._mirror.strange(touched):
            self._dirty.set()
        if self._late is not None:
            self._late += touched
            return
        self._teller.tell(self._mirror.changed(touched))

    # Wishes

    async def execute(self, command: Command) -> None:
        """See LinkRun."""
        if self._client is None:
            raise Unreachable("Home Assistant is not connected")
        await self._wishes.execute(self._client, command)

    # Cameras, cars, leaving

    async def picture(self, thing_id: str) -> Picture:
        """See LinkRun."""
        entity = self._mirror.entity_of.get(thing_id, "")
        if not entity.startswith(("camera.", "media_player.")):
            raise NotFound(f"{thing_id} has no picture")
        http, access = self._http, self._access
        if http is None or access is None:
            raise Unreachable("Home Assistant is not connected")
        film = self._films.get(entity)
        shown = film.slides.newest(within=1.0) if film is not None else None
        if shown is not None or not entity.startswith("camera."):
            return shown or await still(http, access, self._settings.url, entity)
        found = await still(http, access, self._settings.url, entity)
        # Home Assistant answers with what it had last, however old: one that was sent again is none of now.
        at = self._stills.setdefault(entity, Sameness()).since(found.content, self._host.now())
        return msgspec.structs.replace(found, at=at)

    def watch(self, thing_id: str, viewer: Viewer) -> Callable[[], None]:
        """See Films."""
        entity = self._mirror.entity_of.get(thing_id, "")
        if not entity.startswith("camera."):
            raise NotFound(f"there is no film of {thing_id}")
        http, access = self._http, self._access
        if http is None or access is None:
            raise Unreachable("Home Assistant is not connected")
        film = self._films.get(entity)
        if film is None:
            film = self._films[entity] = EntityFilm(http, access, self._settings.url, entity, self._host.now)
        return film.need.enter(viewer)

    async def cars(self) -> dict[str, Any]:
        """See KnowsCars: ``suggestions`` (surest first, each with the ``car`` to confirm), ``mapped`` cars, all
        ``signals`` that can be mapped, and whether our user ``may_show`` cars there."""
        mirror = self._mirror
        found = cars.suggest_cars(mirror.registry, mirror.states, mirror.units, self._settings.cars)
        return {
            "suggestions": _plain(found),
            "mapped": _plain(self._settings.cars),
            "signals": sorted(SIGNALS),
            "may_show": self._may_show,
        }

    async def map_car(self, car: dict[str, Any], remove: bool) -> dict[str, Any]:
        """See KnowsCars. ``car``: as in a suggestion; with ``remove`` its ``id`` is enough."""
        mapped = self._settings.cars
        if remove:
            id = car.get("id")
            if all(one.id != id for one in mapped):
                raise BadInput("there is no such car")
        else:
            chosen = cars.confirmed(car, mapped, self._host.taken())
            id = chosen.id
        now = tuple(one for one in mapped if one.id != id) + (() if remove else (chosen,))
        await self._host.remember({"cars": _plain(now)})
        self._settings = msgspec.structs.replace(self._settings, cars=now)
        self._mirror.map(now)
        self._dirty.set()
        return {"id": id}

    async def leave(self) -> None:
        """The link is removed: take what it told away, and give the login back. Raises LinkError."""
        settings = self._settings
        async with httpx.AsyncClient(trust_env=False) as http:
            access = Access(self._host, settings.url, settings.client_id, http)
            try:
                await Outward(self._host, settings, http, access).clear({*settings.published, *settings.shows})
            finally:
                await access.revoke()


def _plain(value: object) -> Any:
    """As JSON has it: lists, no tuples."""
    return msgspec.json.decode(msgspec.json.encode(value))


def open_run(host: LinkHost, settings: msgspec.Struct) -> HomeAssistantRun:
    """Make a run, without I/O."""
    assert isinstance(settings, Settings)
    return HomeAssistantRun(host, settings)
