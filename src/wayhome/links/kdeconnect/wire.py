"""KDE Connect's packets: bytes to values and back. Pure.

A packet is one JSON object on a line. What devices write differs: numbers as texts, ``"true"`` for true, ids of either
kind. What makes no sense is None here, never an error of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from wayhome.core.ids import legible

IDENTITY, PAIR = "kdeconnect.identity", "kdeconnect.pair"
SHARE = "kdeconnect.share.request"
"""Texts, links and files, each the subject of another plugin."""
VERSION, OLDEST = 8, 7
PORT, LAST_PORT = 1716, 1764
MAX_IDENTITY = 8_192
MAX_CALL = 1_392
"""Bytes of a datagram of ours: what a WireGuard tunnel passes on in one piece (1,420 less the heads of IP and UDP)."""
MAX_PACKET = 2**20
"""Bytes of a packet that is read; the apps take up to 32 MiB, which no word of theirs between phone and car needs."""
MAX_STRANGE = 2**16
"""Bytes of a packet of a device that is not paired: some of them must not fill this hub's memory."""
MAX_CAPABILITIES = 200
TYPES = frozenset({"desktop", "laptop", "phone", "tablet", "tv"})
_ID = re.compile(r"[A-Za-z0-9_-]{32,38}")
_QUOTES = re.compile(r"[\"'’]")
_FORBIDDEN = re.compile(r"[,;:.!?()\[\]<>\x00-\x1f\x7f]")
_TYPE = re.compile(r"kdeconnect(\.[a-z0-9_]{1,64}){1,6}")
_NAMED = re.compile(rb'(?<!\\)"type"\s{0,9}:\s{0,9}"(kdeconnect(?:\.[a-z0-9_]{1,64}){1,6})"')
_EDGE = 300
"""So many bytes of the beginning and of the end of a packet that is too long are looked at: its type stands there."""
_SENSIBLE = 1e12
"""An id before then (ms since 1970, the year 2001) is a number, and no time."""
MAX_NAME = 32


class Identity(msgspec.Struct, frozen=True):
    """Who a device says that it is. ``incoming``, ``outgoing``: the types of packets that it takes and sends.
    ``port``: where it listens for connections; only a datagram says that."""

    id: str
    name: str
    type: str
    version: int
    incoming: frozenset[str] = frozenset()
    outgoing: frozenset[str] = frozenset()
    port: int | None = None


class Packet(msgspec.Struct, frozen=True):
    """One packet. ``size``: bytes of the payload that is offered along, at ``port`` of its sender. ``at``: when it was
    made, s since 1970 by its sender's clock; None: it does not say. ``cut``: it was too long, and its body is not
    here."""

    type: str
    body: dict[str, Any]
    size: int = 0
    port: int | None = None
    at: float | None = None
    cut: bool = False


def plain_name(text: str, fallback: str = "Wayhome") -> str:
    """A name as every device takes it: at most 32 characters, without the signs that the apps refuse."""
    name = " ".join(legible(_FORBIDDEN.sub(" ", _QUOTES.sub("", text))).split())[:MAX_NAME].strip()
    return name or fallback


def is_id(text: object) -> bool:
    """Whether text can be a device's id."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def encode(type: str, body: Mapping[str, object], at: float, payload: tuple[int, int] | None = None) -> bytes:
    """A packet as it goes over the line. ``at``: now, s since 1970. ``payload``: how many bytes are offered along, and
    at which port."""
    packet: dict[str, object] = {"id": int(at * 1000), "type": type, "body": body}
    if payload is not None:
        packet |= {"payloadSize": payload[0], "payloadTransferInfo": {"port": payload[1]}}
    return msgspec.json.encode(packet) + b"\n"


def decode(line: bytes) -> Packet | None:
    """A line as a packet; None: it is none."""
    try:
        read = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    type, body = read.get("type"), read.get("body", {})
    if not isinstance(type, str) or _TYPE.fullmatch(type) is None or not isinstance(body, dict):
        return None
    transfer = read.get("payloadTransferInfo")
    port = number(transfer.get("port")) if isinstance(transfer, dict) else None
    size, id = number(read.get("payloadSize")) or 0, number(read.get("id"))
    at = id / 1000 if id is not None and id > _SENSIBLE else None
    return Packet(type, body, int(size), int(port) if port is not None and 0 < port < 65536 else None, at)


def called(own: Identity, at: float) -> bytes:
    """Our own identity as a datagram of one piece: a part of one that gets lost is all of it. Where the lists of what
    we take and send would not fit, it is without: devices of protocol 8 read them within TLS, and for one of
    protocol 7 (tried: kdeconnectd, spoken to in 7) none said is all."""
    whole = announcement(own, at)
    return whole if len(whole) <= MAX_CALL else announcement(own, at, lists=False)


def announcement(own: Identity, at: float, to: Identity | None = None, *, lists: bool = True) -> bytes:
    """Our own identity. ``to``: on a connection, the device that it is for. ``lists``: with what we take and send."""
    body: dict[str, object] = {
        "deviceId": own.id,
        "deviceName": own.name,
        "deviceType": own.type,
        "protocolVersion": own.version,
    }
    if lists:
        body |= {"incomingCapabilities": sorted(own.incoming), "outgoingCapabilities": sorted(own.outgoing)}
    if own.port is not None:
        body["tcpPort"] = own.port
    if to is not None:
        body |= {"targetDeviceId": to.id, "targetProtocolVersion": to.version}
    return encode(IDENTITY, body, at)


def identity(packet: Packet | None) -> Identity | None:
    """Who a packet says that it is of; None: it says nothing that counts."""
    if packet is None or packet.type != IDENTITY:
        return None
    body = packet.body
    id, version = body.get("deviceId"), number(body.get("protocolVersion"))
    if not is_id(id) or version is None or not OLDEST <= version < 1000:
        return None
    assert isinstance(id, str)
    name, type, port = body.get("deviceName"), body.get("deviceType"), number(body.get("tcpPort"))
    if port is not None and not PORT <= port <= LAST_PORT:
        return None  # or anybody could have us knock at any service of the house
    return Identity(
        id,
        plain_name(name if isinstance(name, str) else "", id[:8]),
        type if isinstance(type, str) and type in TYPES else "desktop",
        int(version),
        _capabilities(body.get("incomingCapabilities")),
        _capabilities(body.get("outgoingCapabilities")),
        None if port is None else int(port),
    )


def for_whom(packet: Packet) -> str | None:
    """For which device an identity is, where it says that."""
    target = packet.body.get("targetDeviceId")
    return target if isinstance(target, str) else None


def number(value: object) -> float | None:
    """A number, also where it came as a text."""
    if isinstance(value, str) and len(value) <= 24:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 2**53 else None


def yes(value: object) -> bool:
    """Whether something is said to be so: true, ``"true"``."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _capabilities(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        return frozenset()
    return frozenset(one for one in value[:MAX_CAPABILITIES] if isinstance(one, str) and _TYPE.fullmatch(one))


class Lines:
    """Takes bytes as they come, and tells the lines that have come whole. One that is longer than ``most`` is passed
    over to its end: whoever sends it is heard again after it. ``cut``: of what type such ones were, as far as that can
    be seen; to be taken away by who reads it."""

    def __init__(self, most: int = MAX_PACKET) -> None:
        self.most = most
        self._rest = bytearray()
        self._skipping = False
        self._edge = b""
        self.skipped = 0
        self.cut: list[str] = []

    def take(self, data: bytes) -> Iterator[bytes]:
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._add(data[start:end])
            start = end + 1
            line, skipped = bytes(self._rest), self._skipping
            self._rest.clear()
            self._skipping = False
            if skipped:
                self.cut += [found[-1].decode()] if (found := _NAMED.findall(self._edge)) else []
            elif line:
                yield line
        self._add(data[start:])

    def _add(self, data: bytes) -> None:
        if self._skipping:
            self._edge = self._edge[:_EDGE] + (self._edge[_EDGE:] + data)[-_EDGE:]
            return
        self._rest += data
        if len(self._rest) > self.most:
            self._edge = bytes(self._rest[:_EDGE] + self._rest[-_EDGE:])
            self._rest.clear()
            self._skipping = True
            self.skipped += 1
