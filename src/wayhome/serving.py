"""Serving the hub: plain HTTP on loopback, TLS for the rest of the house, with the hub's names."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from wayhome import log
from wayhome.adapters import durable_file, names_mdns
from wayhome.adapters.acme_settings import acme_source
from wayhome.adapters.authority import Authority, fingerprint, leaf
from wayhome.adapters.certificates import Certificates, Files, Source
from wayhome.adapters.joined_certificate import JoinedCertificate, called
from wayhome.adapters.listener import BothDoors
from wayhome.adapters.names_mdns import Names
from wayhome.adapters.site_certificate import grant
from wayhome.assembly import Assembled
from wayhome.config import CHAIN, Config, is_loopback
from wayhome.errors import BadInput, NotFound, Unreachable
from wayhome.hub.group.group import lasts
from wayhome.hub.ports import Finding, Served
from wayhome.hub.qr import svg
from wayhome.hub.reach import Issued
from wayhome.web import auth, callbacks, copies, demo_door, maps, metrics, recordings, restoring, site_door
from wayhome.web.app import build
from wayhome.web.install import Install
from wayhome.web.server import uvicorn_config
from wayhome.web.transport import Transport, relayed

WANTED = f"{names_mdns.WANTED}.local"


class _Plain(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, settings: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(settings)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


class _Secure(BothDoors):
    """The same, on a port that takes both TLS and plain HTTP."""

    def __init__(
        self, settings: uvicorn.Config, listening: list[socket.socket], tls: Certificates, ready: Callable[[], None]
    ) -> None:
        super().__init__(settings, listening, tls.context)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()


async def _leave(leaving: asyncio.Event, server: uvicorn.Server) -> None:
    """End the server once the hub wants to leave; what is being answered is answered."""
    await leaving.wait()
    server.should_exit = True


class Serving:
    """How an assembled hub is served on ``host`` and ``port``. Use ``open`` first, then ``run``.

    ``url``: for people; ``local_url``: for programs on this machine; ``hint``: what else to say at the start.
    """

    def __init__(
        self, it: Assembled, host: str, port: int, listening: list[socket.socket], *, may_open: bool = False
    ) -> None:
        self._it = it
        self._may_open = may_open
        self._host = host
        self._port = port
        self._listening = listening
        self._tls: Certificates | None = None
        self._authority: Authority | None = None
        self._joined: JoinedCertificate | None = None
        self._mdns_names: Names | None = None
        self._names: set[str] = set()
        self.loopback = is_loopback(host)
        self._url = f"http://localhost:{port}"
        # Plain HTTP is open to this machine itself, also on the port that talks TLS to all others.
        everywhere = host in ("0.0.0.0", "::")  # noqa: S104 - what the owner asked for is looked at, not chosen
        self.local_url = f"http://127.0.0.1:{port}" if everywhere else self._url
        self.hint: str | None = None

    @property
    def url(self) -> str:
        """For people: by the name that the household vouches for where this hub has joined one, else by its own."""
        named = self._joined.names() if self._joined is not None else []
        return self._at(named[0]) if named else self._url

    def _at(self, name: str) -> str:
        port = "" if self._port == 443 else f":{self._port}"
        return f"https://{f'[{name}]' if ':' in name else name}{port}"

    async def open(self, stack: AsyncExitStack) -> None:
        """Get names and certificates, where they are needed. Raises HubError."""
        settings = self._it.settings
        self._it.hub.served = self._served
        self._names = {"localhost", socket.gethostname().lower(), *(name.lower() for name in settings.names)}
        if self.loopback:
            return
        if settings.mdns:
            # Asking the house whether the name is free takes seconds; the hub serves meanwhile.
            self._names.add(WANTED)
            self._it.hub.soon_run(self._mdns(stack))
        reachable = (
            WANTED
            if settings.mdns and settings.acme is None
            else next(iter(settings.names), socket.gethostname().lower())
        )
        self._url = f"https://{reachable}:{self._port}"
        if not self.local_url.startswith("http://127"):
            self.local_url = f"https://{self._host}:{self._port}"
        hub = self._it.hub
        hub.reach.renamed = self._called_otherwise
        source = await self._source(settings)
        self._tls = Certificates(source, hub.vault, hub.ports.clock, self._certified())
        await self._tls.open()
        hub.reach.addresses, hub.reach.origins, hub.reach.shown = self._addresses, self._origins, self._shown
        hub.reach.vouches = lambda name: name in self._trusted()
        hub.soon_run(self._tls.run())
        hub.checks.append(self._finding)
        if self._authority is not None:
            root = self._authority.certificate
            hub.reach.issue = self._issue
            self._joined = JoinedCertificate(hub.reach, hub.vault, hub.ports.clock, self._called, self._vouched_anew)
            # The name that somebody asks for decides which of the two certificates is shown.
            self._tls.context.sni_callback = self._choose
            self._vouched_anew()
            await self._joined.open()
            hub.soon_run(self._joined.run())
            self.hint = (
                f"A new device first opens http://{reachable}:{self._port}/install and checks this fingerprint:\n"
                f"  {fingerprint(root)}"
            )

    # What the household that this hub joined makes of it

    def _called(self) -> list[str]:
        site = self._it.hub.household.house.site
        return called(site, names_mdns.names(), self._it.settings.names, names_mdns.addresses())

    def _issue(self, site: str, request: str) -> Issued:
        """Vouch for another site. Raises BadInput, NotFound."""
        if self._authority is None or self._it.hub.reach.joined() is not None:
            raise NotFound("this hub has no authority that the household trusts")
        bases = [*names_mdns.names(), *self._it.settings.names]
        return grant(self._authority, site, request, bases, [*self._certified(), *bases])

    def _vouched_anew(self) -> None:
        """The certificate that the household gave this hub is another one, or none any more."""
        assert self._authority is not None
        assert self._joined is not None
        roots = [self._authority.certificate.public_bytes(Encoding.PEM), (self._joined.authority or "").encode()]
        durable_file.write(self._it.folder.path / CHAIN, b"".join(roots))
        self._it.door.address = self.url
        if self._mdns_names is not None:
            self._mdns_names.stir()

    def _choose(self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        chosen = self._joined.choose(name) if self._joined is not None else None
        if chosen is not None:
            connection.context = chosen

    def _root(self) -> x509.Certificate:
        """What devices install: the authority of the household, this hub's own or the one that it joined."""
        assert self._authority is not None
        joined = self._joined.authority if self._joined is not None else None
        return self._authority.certificate if joined is None else leaf(joined.encode())

    def _shown(self) -> list[str]:
        """Where browsers that trust the household find this hub."""
        if self._joined is None or self._it.hub.reach.joined() is None:
            return self._origins()[:1]
        return [self._at(name) for name in self._joined.names() if ":" not in name]

    def _trusted(self) -> list[str]:
        """The names that devices of the household trust this hub by."""
        if self._joined is None or self._it.hub.reach.joined() is None:
            return self._vouched()
        return self._joined.names()

    # Names

    async def _mdns(self, stack: AsyncExitStack) -> None:
        def also() -> list[str]:
            named = self._joined.names() if self._joined is not None else []
            return [name for name in named if name.endswith(".local")]

        names = self._mdns_names = Names(self._port, self._title() or "Wayhome", self._renamed, also=also)
        try:
            await names.open()
        except Unreachable as error:
            await names.close()
            log.get("mdns").warning("no wayhome.local", detail=error.detail, advice=error.hint)
            return
        stack.push_async_callback(names.close)
        await names.run()

    def _renamed(self, name: str, addresses: list[str]) -> None:
        self._names = {n for n in self._names if not n.startswith(names_mdns.WANTED)} | {name}
        self._called_otherwise()

    def _addresses(self) -> list[str]:
        found = names_mdns.addresses() if self._host in ("0.0.0.0", "::") else [self._host]  # noqa: S104
        return [f"[{one}]:{self._port}" if ":" in one else f"{one}:{self._port}" for one in found]

    def _origins(self) -> list[str]:
        named = self._joined.names() if self._joined is not None else []
        return list(dict.fromkeys([self.url, self._url, *(self._at(name) for name in [*named, *self._vouched()])]))

    def _called_otherwise(self) -> None:
        if self._tls is not None:
            self._tls.rename(self._certified())

    def _certified(self) -> list[str]:
        """What the certificate has to name: of an own domain the configured names, else also the hub's other names
        and addresses (the household's authority leaves out what it may not vouch for)."""
        if self._it.settings.acme is not None:
            return sorted(self._it.settings.names)
        return sorted({*self._names, *self._it.hub.reach.names, "127.0.0.1", "::1", *names_mdns.addresses()})

    def _vouched(self) -> list[str]:
        """What of that the certificate may name."""
        certified = self._certified()
        return certified if self._authority is None else self._authority.fitting(certified)

    async def _source(self, settings: Config) -> Source:
        hub = self._it.hub
        if settings.certificate or settings.key:
            if not (settings.certificate and settings.key):
                raise BadInput("certificate and key belong together", advice="Set both, or none.")
            return Files(Path(settings.certificate), Path(settings.key))
        if settings.acme is not None:
            if not settings.names:
                raise BadInput("an own domain needs a name for the hub", advice='Set names = ["home.example.org"].')
            return acme_source(settings.acme, hub.vault)
        names = {*self._names, *names_mdns.addresses(), *names_mdns.names(), f"{socket.gethostname().lower()}.local"}
        names |= set(hub.reach.names)
        self._authority = Authority(hub.vault, hub.ports.clock, names, self._title() or "Wayhome")
        await self._authority.open()
        return self._authority

    def _title(self) -> str | None:
        record = self._it.hub.household.house.record("household", "household")
        name = record.values().get("name") if record is not None else None
        return str(name) if name else None

    def _finding(self) -> Finding:
        tls = self._tls
        certificate = tls.certificate if tls is not None else None
        if tls is None or certificate is None:
            return Finding("certificate", False, "There is no certificate.", "Restart the hub.")
        if tls.trouble is not None:
            return Finding("certificate", False, f"The certificate can't be renewed: {tls.trouble}")
        if self._authority is not None and self._authority.runs_out():
            return Finding("certificate", False, "The household's authority ends soon.", "Run `wayhome tls renew`.")
        if self._joined is not None and (trouble := self._joined.over()) is not None:
            return Finding("certificate", False, trouble, "It gets another when the two meet.")
        left = certificate.not_valid_after_utc - datetime.now(UTC)
        return Finding("certificate", left.days > 3, f"The certificate is good for {left.days} more days.")

    def _served(self) -> Served:
        tls, authority, joined = self._tls, self._authority, self._joined
        install = f"http://{self.url.partition('//')[2]}/install" if authority is not None else None
        return Served(
            self.url,
            not self.loopback,
            self._may_open,
            tls is not None or bool(self._it.settings.proxies),
            authority is not None,
            self._trusted() or self._vouched() if tls is not None else sorted(self._names),
            install,
            fingerprint(self._root()) if authority is not None else None,
            self._expires(),
            (tls.trouble or (joined.over() if joined is not None else None)) if tls is not None else None,
            svg(install) if install is not None else None,
        )

    def _expires(self) -> float | None:
        """Until when the certificate is good by which the hub is called (s since 1970)."""
        if self._joined is not None and self._joined.names():
            return self._joined.until()
        certificate = self._tls.certificate if self._tls is not None else None
        return certificate.not_valid_after_utc.timestamp() if certificate is not None else None

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve until interrupted, or until the hub wants to be opened anew; ``ready`` is called when connections are
        taken."""
        it = self._it
        routes = [
            *auth.routes(
                it.door,
                it.hub.ports.clock,
                self._title,
                lambda: it.hub.demo,
                it.hub.sessions.may_set_up,
                it.hub.household.published.epoch,
                lambda device: lasts(it.hub, {device}),
            ),
            *callbacks.routes(),
            *demo_door.routes(it.hub, it.door),
            *restoring.routes(it.hub, it.door),
            *copies.routes(it.hub, it.keepers),
            *recordings.routes(it.hub, it.keepers),
            *maps.routes(it.hub, it.keepers),
            *metrics.routes(it.hub, it.keepers),
            *site_door.routes(it.hub, it.door),
        ]
        app = build(it.hub, it.keepers, routes)
        install = None
        if self._authority is not None:
            install = Install(self._root, self._title, lambda: self.url.partition("//")[2])
        around = Transport(
            app,
            lambda: {*self._names, *it.hub.reach.names, *(self._joined.names() if self._joined is not None else [])},
            install=install,
            proxies=it.settings.proxies,
            trust_loopback=it.settings.trust_loopback,
        )
        server = self._server(around, ready)
        watch = asyncio.create_task(_leave(it.hub.leaving, server))
        try:
            await server.serve(None if self._tls is not None else self._listening)
        finally:
            watch.cancel()

    def _server(self, app: Any, ready: Callable[[], None]) -> uvicorn.Server:
        if self._tls is not None:
            secure = _Secure(uvicorn_config(app), self._listening, self._tls, ready)
            through_a_relay = uvicorn_config(relayed(app))
            through_a_relay.load()
            self._it.hub.reach.take = lambda connection: secure.take(connection, through_a_relay)
            return secure
        return _Plain(uvicorn_config(app), ready)
