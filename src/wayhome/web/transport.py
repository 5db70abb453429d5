"""The outermost layer of the hub's web: what may come over which wire, and who is really calling.

Over TLS, everything. In plain HTTP, everything on the hub's own machine (loopback), and from elsewhere only the
page that helps to install the household's certificate. A reverse proxy's word on scheme and address counts only
when its address is configured.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Collection, Iterable

from wayhome.errors import HubError, NotAllowed
from wayhome.hub.reach import RELAYED
from wayhome.web.install import Answer, Install, json_answer
from wayhome.web.outlets import Receive, Scope, Send

type App = Callable[[Scope, Receive, Send], Awaitable[None]]
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NEAR = "wayhome.near"
"""In an ASGI scope: whether the call came over the hub machine's own loopback, from nobody on behalf of others."""
UNKNOWN_PROXY = "wayhome.unknown_proxy"
"""In an ASGI scope: whether somebody speaks for others who is not configured to."""
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"x-real-ip")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def relayed(app: App) -> App:
    """The application for connections that came through a relay: they are nobody's neighbour, whatever machine the
    relay runs on, and no reverse proxy's."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "client": (RELAYED, 0)}, receive, send)

    return call


class Misdirected(HubError):
    """The hub is not called that."""

    code = "misdirected"
    status = 421
    advice = "Open the hub by one of its names, or add this one under `names` in its settings."


class Transport:
    """An ASGI application around the hub's. ``names``: the host names that the hub has at the moment. ``proxies``:
    addresses or networks of reverse proxies whose headers count. ``install``: the page that helps with the
    household's certificate; None where browsers trust the hub anyway. ``trust_loopback``: False where a container's
    port forwarding makes everybody look local."""

    def __init__(
        self,
        app: App,
        names: Callable[[], Collection[str]],
        *,
        install: Install | None = None,
        proxies: Iterable[str] = (),
        trust_loopback: bool = True,
    ) -> None:
        self._app = app
        self._names = names
        self._install = install
        self._proxies: list[Network] = [ipaddress.ip_network(proxy, strict=False) for proxy in proxies]
        self._trust_loopback = trust_loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope = self._seen(scope)
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403})
        else:
            await _answer(refusal, scope, send)

    def _seen(self, scope: Scope) -> Scope:
        """The scope with the scheme and address of who is really calling."""
        client = scope.get("client")
        peer = _address(client[0]) if client else None
        headers = scope["headers"]
        forwarded = any(name in _FORWARDED for name, _ in headers)
        scope = {**scope, NEAR: False, UNKNOWN_PROXY: False}
        if peer is not None and self._is_proxy(peer):
            scheme = _last(headers, b"x-forwarded-proto")
            if scheme in ("http", "https"):
                scope["scheme"] = scheme if scope["type"] == "http" else scheme.replace("http", "ws")
            # Each proxy appends who called it; the last one that is no proxy of ours is the caller.
            callers = [_address(part) for part in _values(headers, b"x-forwarded-for")]
            real = next((c for c in reversed(callers) if c is None or not self._is_proxy(c)), None)
            scope["client"] = (str(real) if real is not None else str(peer), 0)
        elif forwarded:
            # Somebody speaks for others without being configured as a proxy: it is not a call from this machine.
            scope[UNKNOWN_PROXY] = True
        elif peer is not None and peer.is_loopback:
            scope[NEAR] = self._trust_loopback and host_of(scope) in _LOCAL
        return scope

    def _refusal(self, scope: Scope) -> Answer | None:
        """What is answered instead of the hub; None: the hub may answer."""
        host, path = host_of(scope), str(scope["path"])
        secure = scope["scheme"] in ("https", "wss")
        if self._install is not None and scope["type"] == "http" and (path + "/").startswith("/install/"):
            return self._install.answer(scope)
        if secure or scope[NEAR]:
            if not self._is_called(host):
                # A name that anybody may point here (DNS rebinding): its pages would count as ours.
                return json_answer(Misdirected(f"this hub is not called {host[:80]!r}"))
            return None
        if scope[UNKNOWN_PROXY]:
            return json_answer(
                NotAllowed(
                    "a reverse proxy that the hub does not know sent this",
                    advice="Add the proxy's address under `proxies` in the hub's settings.",
                )
            )
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            if self._install is not None and path == "/":
                return self._install.answer(scope)
            if self._is_called(host) and not path.startswith("/api/"):
                return _to_https(scope)
        return json_answer(
            NotAllowed("the hub talks to other devices over https only", advice="Use its https address.")
        )

    def _is_called(self, host: str) -> bool:
        return host in _LOCAL or _address(host) is not None or host in {name.lower() for name in self._names()}

    def _is_proxy(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        return any(address.version == net.version and address in net for net in self._proxies)


def host_of(scope: Scope) -> str:
    """The host name of a request, without port, in lower case; an IPv6 address without brackets."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")


def _to_https(scope: Scope) -> Answer:
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    where = f"https://{host}{scope['raw_path'].decode('latin-1')}{'?' + query if query else ''}"
    return Answer(307, b"", [(b"location", where.encode("latin-1", "ignore"))])


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _values(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    """All values of a header that may be repeated or hold a list."""
    found = (value.decode("latin-1") for name, value in headers if name == wanted)
    return [part.strip() for value in found for part in value.split(",")]


def _last(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str | None:
    values = _values(headers, wanted)
    return values[-1].lower() if values else None


async def _answer(answer: Answer, scope: Scope, send: Send) -> None:
    length = (b"content-length", str(len(answer.body)).encode())
    await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, length]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})
