"""An ONVIF service of our own, for what no honest camera does at will: half answers, clocks that are set, faults."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

OK = "<a/>"
type Says = tuple[int, str] | Callable[[asyncio.StreamWriter], Awaitable[None]]


def fault(reason: str = "busy", subcode: str = "ter:Busy") -> str:
    code = f"<Code><Subcode><Value>{subcode}</Value></Subcode></Code>"
    return f"<Fault>{code}<Reason><Text>{reason}</Text></Reason></Fault>"


class Odd:
    """``says``: what it answers to a question by its name, in place of what it would. ``behind``: its clock, in s; who
    signs in by another is not let in."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.bodies: list[str] = []
        self.says: dict[str, Callable[[str], Says]] = {}
        self.behind = 0.0
        self._server: asyncio.Server

    async def __aenter__(self) -> Odd:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/onvif/device_service"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(seconds=self.behind)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = re.search(r"content-length: (\d+)", head, re.I)
                body = (await reader.readexactly(int(length[1]) if length else 0)).decode()
                found = re.search(r"<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)", body)
                name = found[1] if found else ""
                said = self._answer(name, body)
                self.asked.append(name)
                self.bodies.append(body)
                if not isinstance(said, tuple):
                    await said(writer)
                    continue
                status, text = said
                text = f"<x>{text}</x>" if status == 200 else text
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text.encode())}\r\n\r\n{text}".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, name: str, body: str) -> Says:
        if name in self.says:
            return self.says[name](body)
        if name == "GetSystemDateAndTime":
            now = self.now()
            names = ("Year", "Month", "Day", "Hour", "Minute", "Second")
            parts = "".join(f"<{one}>{getattr(now, one.lower())}</{one}>" for one in names)
            return 200, f"<UTCDateTime>{parts}</UTCDateTime>"
        created = re.search(r"<Created[^>]*>([^<]+)<", body)
        if created:
            said = datetime.fromisoformat(created[1].replace("Z", "+00:00"))
            if abs((said - self.now()).total_seconds()) > 5:
                return 400, fault("Sender not authorized", "ter:NotAuthorized")
        if name == "GetCapabilities":
            return 200, "".join(f"<{one}><XAddr>{self.url}</XAddr></{one}>" for one in ("Events", "Media", "PTZ"))
        if name == "GetProfiles":
            return 200, profiles("H264")
        if name == "CreatePullPointSubscription":
            return 200, f"<SubscriptionReference><Address>{self.url}</Address></SubscriptionReference>{self._term()}"
        if name == "Renew":
            return 200, self._term()
        if name == "GetNode":
            return 200, (
                "<SupportedPTZSpaces><ContinuousPanTiltVelocitySpace/><ContinuousZoomVelocitySpace/></SupportedPTZSpaces>"
            )
        return 200, OK

    def _term(self) -> str:
        now, end = self.now(), self.now() + timedelta(seconds=4)
        return f"<CurrentTime>{now.isoformat()}</CurrentTime><TerminationTime>{end.isoformat()}</TerminationTime>"


async def drip(writer: asyncio.StreamWriter) -> None:
    """An answer of which a byte comes every now and then, and the end never."""
    writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\n<a>")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


def profiles(*encodings: str) -> str:
    """What GetProfiles tells of films of these kinds: ``p0``, ``p1``…"""
    return "".join(
        f"<Profiles token='p{n}'><VideoEncoderConfiguration><Encoding>{one}</Encoding><Resolution><Width>640</Width>"
        "<Height>480</Height></Resolution></VideoEncoderConfiguration><PTZConfiguration><NodeToken>n</NodeToken>"
        "</PTZConfiguration></Profiles>"
        for n, one in enumerate(encodings)
    )


def message(topic: str, value: str = "true", how: str = "Changed", item: str = "State") -> str:
    return (
        f"<NotificationMessage><Topic>{topic}</Topic><Message><Message PropertyOperation='{how}'><Source/><Data>"
        f"<SimpleItem Name='{item}' Value='{value}'/></Data></Message></Message></NotificationMessage>"
    )
