"""The link supervisor: runs every configured link, backs off when one fails, parks one that keeps failing, carries
wishes to them, and says how each is doing in words that people understand."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from wayhome import log
from wayhome.core.command import Command, harmless
from wayhome.core.grant import Grant
from wayhome.core.ids import is_slug, slug, split_path
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.errors import AuthNeeded, BadInput, HubError, LinkError, NotFound, Unreachable
from wayhome.hub.instance import COLLECTION, WORDS, Instance, Status
from wayhome.hub.link import Leaves, Link, Picture
from wayhome.hub.sign_ins import SignIns
from wayhome.hub.visit import granted

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

FIRST_WAIT = 1.0
LONGEST_WAIT = 300.0
CRASHES = 5
"""So many unexpected errors in a row (bugs, not bad networks) put a link into quarantine."""
SETTLED = 60.0
"""A link that was connected for so long, in s, starts with a clean slate when it crashes after all."""
LOOK_WITHIN = 20.0
STOP_WITHIN = 10.0
"""A link that does not end within so many seconds of being asked to is left to itself."""


class Supervisor:
    """All links of a household."""

    def __init__(self, hub: Hub, kinds: dict[str, Link]) -> None:
        self._hub = hub
        self.kinds = kinds
        self.instances: dict[str, Instance] = {}
        self.broken: dict[str, Status] = {}
        """Configured links that can't even be opened: their package is gone, their settings no longer fit."""
        self._changing = asyncio.Lock()
        self.sign_ins = SignIns(self)
        self._carrying: set[asyncio.Task[None]] = set()
        self.codes: dict[str, str] = {}
        """What people typed along with wishes under way, by key. In memory only, and only as long as that takes."""
        hub.household.wishes.carry = self.carry

    # Life

    async def start(self, under_way: Iterable[Command]) -> None:
        """Start every configured link; look after the wishes that were under way when the hub stopped."""
        for record in self._hub.household.records(COLLECTION).values():
            try:
                self._start(record.id)
            except Exception as error:
                # A link is somebody's program: one that can't be opened must not keep the household down.
                self._break(record, error)
        for command in under_way:
            self._hub.soon_run(self._resume(command))

    async def stop(self) -> None:
        """Stop every link."""
        for instance in list(self.instances.values()):
            await self._halt(instance)
        for task in list(self._carrying):
            task.cancel()

    def _break(self, record: Record, error: Exception) -> None:
        values = record.values()
        name, kind = str(values.get("name") or record.id), str(values.get("link"))
        detail = error.detail if isinstance(error, HubError) else words(error)
        advice = "Install its package again, or remove it under Links."
        now = self._hub.household.clock.now()
        status = Status(
            record.id, kind, kind, name, "quarantined", WORDS["quarantined"], now, 0, detail, advice, None, "broken"
        )
        self.broken[record.id] = status
        self._hub.household.own(status.path, msgspec.to_builtins(status))
        log.get("links").error("cannot open", link=record.id, detail=detail)

    def statuses(self) -> list[Status]:
        """How every configured link is doing, also those that can't be opened."""
        return [*(instance.status for instance in self.instances.values()), *self.broken.values()]

    def find(self, id: str) -> Instance:
        """Raises NotFound."""
        found = self.instances.get(id)
        if found is None:
            raise NotFound(f"there is no link {id[:64]!r}")
        return found

    async def add(
        self, kind: str, name: str, config: dict[str, Value], secrets: dict[str, str], context: Context
    ) -> Instance:
        """Configure a new link and start it. Raises NotFound, BadInput."""
        link = self.kinds.get(kind)
        if link is None:
            raise NotFound(f"there is no kind of link {kind[:64]!r}", advice=f"There are: {', '.join(self.kinds)}.")
        _check(link, config, secrets)
        async with self._changing:
            taken = self._hub.household.house.records.get(COLLECTION, {})
            id = slug(name, taken, fallback=slug(kind))
            assert is_slug(id)
            for secret, value in secrets.items():
                await self._hub.vault.keep(f"link/{id}/{secret}", value.encode())
            values: dict[str, Value] = {"link": kind, "name": name, "config": config}
            await self._hub.household.write(COLLECTION, id, values, context)
            return self._start(id)

    def granted(self, id: str) -> list[Grant]:
        """What the settings of a link let it see and do beyond its own things."""
        instance = self.instances.get(id)
        return [] if instance is None else granted(id, instance.config)

    async def look(self, kind: str, config: dict[str, Value], secrets: dict[str, str]) -> dict[str, Value]:
        """What a link of this kind would find, see ``Link.look``. Raises NotFound, BadInput, LinkError."""
        link = self.kinds.get(kind)
        if link is None:
            raise NotFound(f"there is no kind of link {kind[:64]!r}", advice=f"There are: {', '.join(self.kinds)}.")
        if link.look is None:
            raise BadInput(f"{link.title} can't be looked at before it is added")
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                return await link.look(_check(link, config, secrets), secrets)
        except TimeoutError:
            raise Unreachable(f"{link.title} did not answer within {LOOK_WITHIN:g} s") from None

    async def search(self, kind: str) -> list[dict[str, Value]]:
        """What there is to join by a kind of link, see ``Link.search``. Raises NotFound, BadInput."""
        link = self.kinds.get(kind)
        if link is None:
            raise NotFound(f"there is no kind of link {kind[:64]!r}", advice=f"There are: {', '.join(self.kinds)}.")
        if link.search is None:
            raise BadInput(f"{link.title} is not searched for in the network")
        async with asyncio.timeout(LOOK_WITHIN):
            return await link.search()

    async def change(
        self, id: str, name: str | None, config: dict[str, Value] | None, secrets: dict[str, str], context: Context
    ) -> Instance:
        """Change a link's name, settings or secrets, and start it anew. Raises NotFound, BadInput."""
        async with self._changing:
            instance = self.find(id)
            record = self._hub.household.house.record(COLLECTION, id)
            kept = record.values().get("config") if record is not None else None
            merged = {**(kept if isinstance(kept, dict) else {}), **(config or {})}
            _check(instance.link, merged, secrets)
            if isinstance(kept, dict) and kept.get("url") != merged.get("url"):
                # A secret was given to one address: it does not follow to another.
                for secret in set(instance.link.secrets) - secrets.keys():
                    await self._hub.vault.forget(f"link/{id}/{secret}")
            for secret, value in secrets.items():
                await self._hub.vault.keep(f"link/{id}/{secret}", value.encode())
            await self._hub.household.write(COLLECTION, id, {"name": name or instance.name, "config": merged}, context)
            await self._halt(instance)
            return self._start(id)

    async def remove(self, id: str, context: Context) -> None:
        """Stop a link, withdraw its things, forget its secrets. Raises NotFound."""
        async with self._changing:
            status = self.broken[id] if id in self.broken else self.find(id).status
            instance = self.instances.get(id)
            if instance is not None:
                await self._halt(instance)
                if isinstance(instance.run, Leaves):
                    with contextlib.suppress(LinkError, TimeoutError):
                        async with asyncio.timeout(STOP_WITHIN):
                            await instance.run.leave()
            things = [thing.id for thing in self._hub.household.house.owned() if thing.link == id]
            self._hub.twins.withdraw(id, list(self._hub.twins.things(id)))
            self._hub.household.withdraw(id, things)
            self._hub.twins.gone(things)
            self._hub.moves.withdrawn(things)
            self._hub.moves.removed(id)
            await self._hub.household.delete(COLLECTION, id, context)
            for name in await self._hub.vault.names():
                if name.startswith(f"link/{id}/"):
                    await self._hub.vault.forget(name)
            self.instances.pop(id, None)
            self.broken.pop(id, None)
            self._hub.household.vanish([status.path])

    def _start(self, id: str) -> Instance:
        values = self._hub.household.records(COLLECTION)[id].values()
        kind = self.kinds.get(str(values.get("link")))
        if kind is None:
            raise NotFound(f"the link {id} needs {values.get('link')!r}, which is not installed")
        config = _check(kind, values.get("config") or {}, {})
        instance = Instance(self._hub, id, kind, str(values.get("name") or id), config)
        self.instances[id] = instance
        instance.task = asyncio.create_task(self._keep_running(instance), name=f"link {id}")
        return instance

    async def _halt(self, instance: Instance) -> None:
        instance.stopping = True
        if instance.task is not None:
            instance.task.cancel()
            _, left = await asyncio.wait((instance.task,), timeout=STOP_WITHIN)
            if left:
                log.get("links").error("a link does not end", link=instance.id)
        instance.online(list(instance.things()), False)

    async def _keep_running(self, instance: Instance) -> None:
        while not instance.stopping:
            wait: float | None
            try:
                await instance.run.run()
                raise Unreachable("the connection ended")
            except BaseException as raised:
                # A link is somebody's program: it may leave by any way there is, and must not take the hub along.
                if instance.stopping or isinstance(raised, KeyboardInterrupt) or _cancelled():
                    raise
                wait = self._trouble(instance, plain(raised))
            instance.up_since = None
            instance.online(list(instance.things()), False)
            instance.wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await instance.wake.wait()
                    instance.failures = instance.crashes = 0
            instance.show("starting")

    def _trouble(self, instance: Instance, error: BaseException) -> float | None:
        """Show what a link ended with. How long to wait, in s; None: until somebody wakes it."""
        up_since = instance.up_since
        if up_since is not None and self._hub.household.clock.steady() - up_since >= SETTLED:
            instance.crashes = 0
        if isinstance(error, AuthNeeded):
            instance.show("sign_in_needed", error.detail, error.hint, code=error.code)
            return None
        if isinstance(error, HubError):
            return self._back_off(instance, error.detail, error.hint, error.code)
        log.get("links").error("a link crashed", link=instance.id, trace=trace(error))
        instance.crashes += 1
        if instance.crashes >= CRASHES:
            instance.show("quarantined", words(error), "Restart it under Links.", code="internal")
            return None
        return self._back_off(instance, f"unexpected {type(error).__name__}", None, "internal")

    def _back_off(self, instance: Instance, detail: str, advice: str | None, code: str) -> float:
        # Doubling with jitter: a house full of hubs must not knock at a restarted server all at once.
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0**instance.failures) * (0.8 + 0.4 * self._hub.ids.jitter())
        instance.failures = min(instance.failures + 1, 12)
        instance.show("waiting", detail, advice, self._hub.household.clock.now() + wait, code)
        return wait

    def now(self) -> float:
        """The hub's time, s since 1970."""
        return self._hub.household.clock.now()

    def wake(self, id: str) -> None:
        """Try again now. Raises NotFound."""
        self.find(id).wake.set()

    async def retry(self, id: str) -> Status:
        """Try again now, also to open one that could not be opened. Raises NotFound."""
        async with self._changing:
            if id in self.broken:
                try:
                    self._start(id)
                except Exception as error:
                    self._break(self._hub.household.records(COLLECTION)[id], error)
                    return self.broken[id]
                del self.broken[id]
                return self.instances[id].status
        self.wake(id)
        return self.find(id).status

    # Wishes

    def carry(self, command: Command) -> None:
        """Take a durable wish to the link that owns its thing."""
        task = asyncio.create_task(self._carry(command))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, command: Command) -> None:
        try:
            await self._hand_over(command)
        finally:
            self.codes.pop(command.key, None)

    async def _hand_over(self, command: Command) -> None:
        household = self._hub.household
        link, routed = self._hub.twins.route(command)
        instance = self.instances.get(link) if link is not None else None
        left = household.wishes.lifetimes.left(command)
        if left <= 0:
            return  # too late by now: what opens a door must not do so out of the blue
        newer = household.house.wishes.get(command.path)
        if newer is not None and newer.key != command.key and command.key not in household.house.open:
            return  # replaced while the disk was busy
        try:
            if instance is None or instance.status.state != "connected":
                raise Unreachable("its link is not connected")
            async with asyncio.timeout(left):
                await instance.run.execute(routed)
        except BaseException as raised:
            if isinstance(raised, KeyboardInterrupt) or _cancelled():
                raise
            error = plain(raised)
            if isinstance(error, TimeoutError):
                # The clocks differ by some ms; by more only where the hub's was set back after a restart.
                if household.wishes.lifetimes.left(command) > 1:
                    household.wishes.fail(command.key, Unreachable.code, "the device did not answer")
                return  # else every_moment expires it, with the right words
            if isinstance(error, HubError):
                household.wishes.fail(command.key, error.code, error.detail)
                return
            log.get("links").error("execute crashed", path=command.path, trace=trace(error))
            household.wishes.fail(command.key, "internal", f"the link failed: {type(error).__name__}")
        else:
            household.wishes.took(command.key)

    async def _resume(self, command: Command) -> None:
        """A wish found under way after a crash: the device's own report decides; it is sent again only where that
        does no harm."""
        household = self._hub.household
        thing_id, name = split_path(command.path)
        signal = household.house.catalog.find(name)
        while command.key in household.house.open:
            thing = household.house.things.get(thing_id)
            instance = self.instances.get(thing.link) if thing is not None else None
            if instance is not None and instance.status.state == "connected":
                if signal is not None and signal.press:
                    # It leaves no trace at the device: neither done nor undone can be said of it.
                    household.wishes.fail(
                        command.key, "interrupted", "the hub restarted meanwhile; see whether it happened"
                    )
                    return
                household.wishes.took(command.key)
                if command.key in household.house.open and signal is not None and harmless(signal):
                    await self._carry(command)
                return
            await asyncio.sleep(0.1)

    async def picture(self, thing_id: str) -> Picture:
        """A camera's still picture. Raises NotFound, LinkError."""
        thing = self._hub.household.house.things.get(thing_id)
        link, seen_as = self._hub.twins.sight(thing_id)
        if thing is None or link not in self.instances:
            raise NotFound(f"there is no picture of {thing_id[:64]!r} for you")
        try:
            async with asyncio.timeout(10):
                return await self.instances[link].run.picture(seen_as)
        except TimeoutError:
            raise Unreachable(f"{thing.name} sent no picture within 10 s") from None


def _cancelled() -> bool:
    """Whether this task is being cancelled, and not just something in it that leaked."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def plain(raised: BaseException) -> BaseException:
    """What really went wrong: a task group wraps the errors of its tasks, also when they all say the same."""
    while isinstance(raised, BaseExceptionGroup):
        known = [error for error in raised.exceptions if not isinstance(error, HubError | BaseExceptionGroup)]
        raised = (known or list(raised.exceptions))[0]
    return raised


def trace(error: BaseException) -> str:
    """Where an unexpected error came from, for the log; of a length, whatever the error says."""
    lines = traceback.format_exception(error, limit=20)
    return "".join(line if len(line) < 1_000 else line[:1_000] + "...\n" for line in lines)[-8_000:]


def words(error: BaseException) -> str:
    """An unexpected error for people; some can't even be turned into text."""
    try:
        return f"{type(error).__name__}: {error}"[:200]
    except Exception:
        return type(error).__name__


def _check(link: Link, config: object, secrets: dict[str, str]) -> msgspec.Struct:
    unknown = set(secrets) - set(link.secrets)
    if unknown:
        raise BadInput(f"{link.title} knows no secret called {', '.join(sorted(unknown))}")
    try:
        return msgspec.convert(config, link.config)
    except msgspec.ValidationError as error:
        raise BadInput(f"{link.title}: {error}") from None
