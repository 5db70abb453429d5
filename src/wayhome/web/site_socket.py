"""Where another hub of the household calls: ``/api/site``, spoken as ``wayhome.hub.sites.frames`` says."""

from __future__ import annotations

from wayhome import log
from wayhome.errors import BadInput, HubError, Unreachable
from wayhome.hub.reach import RELAYED
from wayhome.hub.running import Hub
from wayhome.hub.sites.conversation import By, Conversation
from wayhome.web.entry import caller
from wayhome.web.outlets import Receive, Scope, Send

SITE = "/api/site"


class SiteSocket:
    """One connection of another hub. It comes with a token, never with a cookie: no page can make it."""

    def __init__(self, hub: Hub, scope: Scope, receive: Receive, send: Send) -> None:
        self._hub = hub
        self._scope = scope
        self._receive = receive
        self._send = send

    async def run(self) -> None:
        """Serve until either side ends."""
        who = caller(self._scope["scheme"], self._scope["headers"], self._scope.get("client"))
        message = await self._receive()
        if message["type"] != "websocket.connect":
            return
        site = self._hub.sites.door(who.bearer or "")
        if site is None or who.origin is not None:
            await self._send({"type": "websocket.close", "code": 4401})
            return
        await self._send({"type": "websocket.accept"})
        reason = "the conversation ended"
        try:
            by: By = "relay" if who.peer == RELAYED else "direct"
            await Conversation(self._hub.sites, site, self, by).run()
        except Unreachable as error:
            self._hub.sites.trouble(site, error)
            return  # it is gone, or does not listen any more
        except HubError as error:
            self._hub.sites.trouble(site, error)
            reason = error.detail
        except Exception:
            log.get("sites").exception("a conversation crashed", site=site)
        await self._send(
            {"type": "websocket.close", "code": 4400, "reason": reason.encode()[:100].decode("utf-8", "ignore")}
        )

    # As a wire

    async def send(self, data: bytes) -> None:
        try:
            await self._send({"type": "websocket.send", "bytes": data})
        except Exception as error:
            raise Unreachable(f"the connection ended ({type(error).__name__})") from None

    async def receive(self) -> bytes:
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            raise Unreachable("the connection ended")
        data = message.get("bytes")
        if data is None:
            raise BadInput("a site speaks in binary frames")
        return bytes(data)
