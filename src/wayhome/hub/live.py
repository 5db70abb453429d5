"""Live: what every screen sees, in real time.

Sessions with the same rights, wanted paths, rate and format share one view. A view's delta is made once, encoded
once, and the same bytes go to every client of it. State leaves at the end of the loop turn in which it changed;
telemetry waits for the tick where a rate was asked for. Without a rate a view carries every change, as a list.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Published, Shown
from wayhome.core.record import Record
from wayhome.core.value import Value
from wayhome.hub.frames import delta, encoding, every, parts
from wayhome.hub.view import TICK, Client, View, ViewKey

if TYPE_CHECKING:
    from wayhome.hub.running import Hub
    from wayhome.hub.session import Session

HIGH = 256 * 1024
LOW = 64 * 1024
PATIENCE = 30.0
"""A client whose buffer is over HIGH bytes is behind: skipped, and given one delta when it is under LOW. One that stays
behind for PATIENCE s is closed."""
DRAIN = 0.02
AT_ONCE = 2_000
"""A list of every change has at most so many of them."""


class Live:
    """All live sockets of a household. A watcher of it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._views: dict[ViewKey, View] = {}
        self._routes: dict[str, tuple[View, ...]] = {}
        self._by_session: dict[str, Client] = {}
        self._asked_again: dict[str, str] = {}
        self._dirty: set[View] = set()
        self._waiting: set[View] = set()
        self._behind: set[Client] = set()
        self._scheduled = False
        self._timer: asyncio.TimerHandle | None = None
        self._drain: asyncio.TimerHandle | None = None

    @property
    def _published(self) -> Published:
        return self._hub.household.published

    def __len__(self) -> int:
        return len(self._by_session)

    # Clients

    def attend(self, client: Client) -> None:
        """A client is signed in: from now on it hears of its wishes, and of the end of its session."""
        self._by_session[client.session.id] = client
        client.session.on_change = lambda: self._changed(client)

    def join(
        self, client: Client, want: frozenset[str], rate: float | None, format: str, epoch: str | None, rev: int | None
    ) -> None:
        """A client says what it wants to see, the first time or anew. With the running epoch and a revision it gets
        what changed since, otherwise, and when it wants something else on the same line, a snapshot. Raises BadInput
        for wrong globs."""
        from wayhome.core.glob import matcher

        matcher(want)
        anew = client.view is not None  # what it says to know may be on its way to be replaced
        self._leave_view(client)
        client.want, client.rate, client.format = want, rate, format
        client.owed.clear()
        self.attend(client)
        view = self._enter_view(client)
        client.limits = None  # whoever says hello anew may have forgotten them
        client.tell_limits()
        published = self._published
        epoch_now = self._epoch(view)
        fresh = rev is not None and not anew and epoch == epoch_now and published.forgotten <= rev <= published.rev
        if fresh and rev is not None:
            shown = published.delta(view.sees, rev)
            client.outlet.write(view.encoding.frame(delta(view.encoding, published.rev, shown)))
            client.rev = published.rev
            return
        if view.snapshot is None or view.snapshot[0] != published.rev:
            found = list(published.snapshot(view.sees))
            now = self._hub.household.clock.now()
            view.snapshot = (published.rev, parts(view.encoding, epoch_now, published.rev, now, found))
        client.rev, frames = view.snapshot
        client.outlet.write(frames[0])
        if len(frames) > 1:
            client.queue = frames[1:]
            self._fall_behind(client)

    def leave(self, client: Client) -> None:
        """The client's socket is gone."""
        self._leave_view(client)
        self._by_session.pop(client.session.id, None)
        self._behind.discard(client)
        client.session.on_change = None

    def close(self) -> None:
        """Close every socket: the hub stops."""
        for client in list(self._by_session.values()):
            self.bye(client, 1012, "restarting", "the hub restarts")
        for timer in (self._timer, self._drain):
            if timer is not None:
                timer.cancel()

    def bye(self, client: Client, status: int, code: str, detail: str) -> None:
        """Say why, then close."""
        client.send({"t": "bye", "code": code, "detail": detail})
        self.leave(client)
        client.outlet.close(status, detail[:100])

    def _enter_view(self, client: Client) -> View:
        allowed = client.session.allowed
        key: ViewKey = (client.want, client.rate, client.format, allowed.key_for(client.want))
        view = self._views.get(key)
        if view is None:
            from wayhome.core.glob import matcher

            wants = matcher(sorted(client.want))
            view = View(key, lambda path: wants(path) and allowed.may("read", path), encoding(client.format))
            self._views[key] = view
            self._routes.clear()
        else:
            self._settle(view)
        view.clients.add(client)
        client.view = view
        return view

    def _shows(self, view: View, path: str) -> bool:
        shown = self._published.find(path)
        return shown is not None and shown.gone_at is None and view.sees(path)

    def _epoch(self, view: View) -> str:
        """The run of the hub together with what this view may and wants to see: a revision says what somebody knows
        only as long as both stay the same."""
        return f"{self._published.epoch}.{hash((view.key[0], view.key[3])) & 0xFFFFFFFFFFFFFFFF:x}"

    def _leave_view(self, client: Client) -> None:
        view, client.view = client.view, None
        client.queue = []
        if view is None:
            return
        view.clients.discard(client)
        if not view.clients:
            self._views.pop(view.key, None)
            self._dirty.discard(view)
            self._waiting.discard(view)
            self._routes.clear()

    def _changed(self, client: Client) -> None:
        """The session's rights changed, or it was closed."""
        if client.session.closed is not None:
            status, code = (4409, "signed_in_anew") if client.session.again else (4401, "sign_in_needed")
            self.bye(client, status, code, client.session.closed)
            return
        old = client.view
        if old is not None:
            client.tell_limits()
        if old is None or old.key[3] == client.session.allowed.key_for(client.want):
            return
        queue, since = client.queue, client.rev
        self._leave_view(client)
        view = self._enter_view(client)
        published = self._published
        client.rev = published.rev
        if old.every and old.changes and client.behind_since is None:
            # What it would have got at the end of this turn, and may still see.
            changes = [shown for shown in old.changes if view.sees(shown.path)]
            client.outlet.write(view.encoding.frame(every(view.encoding, published.rev, changes)))
            since = published.rev
        gone = [s.path for s in published.delta(old.sees, since) if s.gone_at is not None]
        fresh: list[Shown] = []
        for shown in published.snapshot(lambda path: True):
            before, after = old.sees(shown.path), view.sees(shown.path)
            if before and not after:
                gone.append(shown.path)
            elif after and (not before or shown.rev > since):
                fresh.append(shown)
        epoch = self._epoch(view)
        if queue:
            # In the middle of a snapshot: what is left of it may hold what must no longer be seen, and what it got
            # of it already may be over since.
            found = list(published.snapshot(view.sees))
            client.queue = parts(view.encoding, epoch, published.rev, self._hub.household.clock.now(), found)
            client.rev = since
            fresh = [s for s in published.delta(view.sees, since) if s.gone_at is None]
            client.owed.update(gone)
            gone = [path for path in client.owed if not self._shows(view, path)]
        frame = view.encoding.frame(delta(view.encoding, published.rev, fresh, gone, epoch))
        if client.behind_since is None:
            client.outlet.write(frame)
        else:
            client.queue.append(frame)

    def looking(self, path: str) -> list[Session]:
        """Who is told along with the news of a path what it is: pages that see it, and keep up."""
        return [
            one.session
            for one in self._by_session.values()
            if one.hears_limits and one.behind_since is None and one.view is not None and one.view.sees(path)
        ]

    def tell(self, session: Session, path: str, data: Value) -> None:
        """Tell one of them what it would ask for when it hears the news of this path: that has to follow at once, as
        whoever was not told asks."""
        client = self._by_session.get(session.id)
        if client is not None and client.outlet.backlog() <= HIGH:
            client.send({"t": "told", "path": path, "data": data})

    def tell_limits(self) -> None:
        """Tell every client what its session may ask now, where that has changed."""
        for client in list(self._by_session.values()):
            if client.view is not None:
                client.tell_limits()

    # Watching

    def published(self, shown: Shown, state: bool) -> None:
        views = self._routes.get(shown.path)
        if views is None:
            views = tuple(view for view in self._views.values() if view.sees(shown.path))
            if len(self._routes) < 200_000:
                self._routes[shown.path] = views
        for view in views:
            if view.every:
                view.changes.append(shown)
                self._dirty.add(view)
                if len(view.changes) >= AT_ONCE:
                    # A flood within one turn: who can't take it all falls behind, and gets the latest later.
                    self._flush_view(view)
            elif state:
                view.held.pop(shown.path, None)
                view.news[shown.path] = shown
                self._dirty.add(view)
            elif shown.path not in view.news:
                if not view.held:
                    view.held_since = shown.rev
                view.held[shown.path] = shown
                self._waiting.add(view)
            else:
                view.news[shown.path] = shown
        if self._dirty and not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._flush)
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)

    def follow(self, command: Command, session: str) -> None:
        """A session asks what becomes of a wish that is older than its connection: it hears how it ends."""
        if command.open and command.context.via != f"session:{session}":
            self._asked_again[command.key] = session

    def commanded(self, command: Command) -> None:
        again = self._asked_again.get(command.key) if command.open else self._asked_again.pop(command.key, None)
        via = (command.context.via or "").removeprefix("session:")
        if command.state == "asked" or (command.taken is not None and command.open):
            return  # a moved deadline is in the wish that all screens get
        message: dict[str, Value] = {
            "t": "command",
            "key": command.key,
            "path": command.path,
            "state": command.state,
        }
        if command.code is not None:
            message |= {"code": command.code, "why": command.why}
        for session in (via, again):
            client = self._by_session.get(session) if session else None
            if client is not None:
                client.send(message)

    def recorded(self, record: Record) -> None:
        return

    def happened(self, event: Event) -> None:
        return

    # Sending

    def _flush(self) -> None:
        self._scheduled = False
        dirty, self._dirty = self._dirty, set()
        for view in dirty:
            self._flush_view(view)

    def _settle(self, view: View) -> None:
        """Let out what waits in a view, also for the tick: whoever joins now is in step with the others."""
        if view.held:
            view.news.update(view.held)
            view.held.clear()
            self._waiting.discard(view)
        self._flush_view(view)

    def _tick(self) -> None:
        now = asyncio.get_running_loop().time()
        self._timer = None
        for view in list(self._waiting):
            if view.due <= now:
                self._waiting.discard(view)
                view.due = now + view.period - TICK / 2
                view.news.update(view.held)
                view.held.clear()
                self._flush_view(view)
        if self._waiting:
            self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)

    def _flush_view(self, view: View) -> None:
        rev = self._published.rev
        if view.every:
            if not view.changes:
                return
            payload = every(view.encoding, rev, view.changes)
            view.changes = []
        else:
            if not view.news:
                return
            if view.held:
                # What waits for the tick must not be covered by this revision, or a resume would skip it.
                rev = min(rev, view.held_since - 1)
            payload = delta(view.encoding, rev, view.news.values())
            view.news = {}
        frame = view.encoding.frame(payload)
        for client in view.clients:
            if client.behind_since is not None:
                continue
            if client.outlet.backlog() > HIGH:
                self._fall_behind(client)
                continue
            client.outlet.write(frame)
            client.rev = rev

    def _fall_behind(self, client: Client) -> None:
        loop = asyncio.get_running_loop()
        client.behind_since = loop.time()
        self._behind.add(client)
        if self._drain is None:
            self._drain = loop.call_later(0 if client.queue else DRAIN, self._catch_up)

    def _catch_up(self) -> None:
        loop = asyncio.get_running_loop()
        self._drain = None
        moving = False
        for client in list(self._behind):
            view = client.view
            if view is None or client.behind_since is None:
                self._behind.discard(client)
                continue
            while client.queue and client.outlet.backlog() <= LOW:
                client.outlet.write(client.queue.pop(0))
                client.behind_since = loop.time()
                moving = True
            if client.outlet.backlog() > LOW:
                if loop.time() - client.behind_since > PATIENCE:
                    self._behind.discard(client)
                    self.bye(client, 4408, "too_slow", "this screen could not follow; it may connect again")
                continue
            if client.queue:
                continue
            self._settle(view)
            shown = self._published.delta(view.sees, client.rev)
            client.outlet.write(view.encoding.frame(delta(view.encoding, self._published.rev, shown)))
            client.rev = self._published.rev
            client.behind_since = None
            client.owed.clear()
            self._behind.discard(client)
        if self._behind:
            # Parts of a snapshot follow as fast as the network takes them: what it took shows in the next turn.
            self._drain = loop.call_later(0 if moving else DRAIN, self._catch_up)
