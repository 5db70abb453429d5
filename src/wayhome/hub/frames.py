"""The frames of the live stream: what clients may say, and how what they are told is encoded.

JSON text by default; msgpack in binary frames on request. A frame is encoded once and its bytes are shared by all
clients of a view; ``Frame.wire`` is the same with the WebSocket header (RFC 6455, unmasked as servers send).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from wayhome.core.published import Shown
from wayhome.core.value import Value

PART = 128 * 1024
"""Snapshots larger than this many bytes go in parts."""


# What clients say


class Auth(msgspec.Struct, tag_field="t", tag="auth", forbid_unknown_fields=True):
    """Who I am, where no cookie and no header can say it."""

    token: str


class Who(msgspec.Struct, tag_field="t", tag="who", forbid_unknown_fields=True):
    """Which device I am, at a door that is not my page's own: I can prove it."""

    device: str


class Proof(msgspec.Struct, tag_field="t", tag="proof", forbid_unknown_fields=True):
    """The door's question, signed with the device's own key (ECDSA on P-256, IEEE P1363, base64url)."""

    signature: str


class Hello(msgspec.Struct, tag_field="t", tag="hello", forbid_unknown_fields=True):
    """What I want to see. ``epoch`` and ``rev``: what I had last. ``rate``: telemetry at most so often a second.
    ``limits``: tell me what the driving state leaves open to me, now and whenever that changes."""

    want: list[str]
    epoch: str | None = None
    rev: int | None = None
    rate: float | None = None
    format: str = "json"
    limits: bool = False


class Do(msgspec.Struct, tag_field="t", tag="do", forbid_unknown_fields=True):
    """Do an operation. ``key`` makes a wish idempotent, ``ttl`` (s) says how long it is worth fulfilling, ``until`` (s
    since 1970 by the hub's clock) that it is not fulfilled later, however long it was on its way."""

    id: int
    op: str
    data: Any = None
    key: str | None = None
    ttl: float | None = None
    until: float | None = None


class Provide(msgspec.Struct, tag_field="t", tag="provide", forbid_unknown_fields=True):
    """Readings of things of my own."""

    set: dict[str, Any]
    id: int | None = None


class Ping(msgspec.Struct, tag_field="t", tag="ping", forbid_unknown_fields=True):
    """Are you there, and what time is it?"""


type Said = Auth | Who | Proof | Hello | Do | Provide | Ping


# What they are told


class Frame:
    """One encoded message; ``binary``: msgpack. ``wire``: the same with its WebSocket header."""

    __slots__ = ("binary", "payload", "wire")

    def __init__(self, payload: bytes, binary: bool = False) -> None:
        self.payload = payload
        self.binary = binary
        opcode, size = (0x82 if binary else 0x81), len(payload)
        if size < 126:
            head = bytes((opcode, size))
        elif size < 65536:
            head = bytes((opcode, 126)) + size.to_bytes(2, "big")
        else:
            head = bytes((opcode, 127)) + size.to_bytes(8, "big")
        self.wire = head + payload


class Encoding:
    """JSON or msgpack."""

    def __init__(self, binary: bool, encode: Callable[[object], bytes]) -> None:
        self.binary = binary
        self.encode = encode

    def frame(self, payload: bytes) -> Frame:
        return Frame(payload, self.binary)


_JSON = Encoding(False, msgspec.json.Encoder().encode)
_MSGPACK = Encoding(True, msgspec.msgpack.Encoder().encode)


def encoding(format: str) -> Encoding:
    """By name: ``json`` or ``msgpack``."""
    return _MSGPACK if format == "msgpack" else _JSON


def delta(
    encoding: Encoding, rev: int, shown: Iterable[Shown], gone: Iterable[str] = (), epoch: str | None = None
) -> bytes:
    """What changed up to ``rev``. A path whose wish ended carries null. ``epoch``: it is a new one from now on, for
    what this client may see has changed."""
    if encoding.binary:
        head = {"t": "delta", "rev": rev} if epoch is None else {"t": "delta", "epoch": epoch, "rev": rev}
        return encoding.encode({**head, **_plain(shown, gone)})
    facts, wishes, lost = _texts(shown)
    lost += [b'"%s"' % path.encode() for path in gone]
    name = b"" if epoch is None else b'"epoch":"%s",' % epoch.encode()
    return b"%s%s}" % (b'{"t":"delta",%s"rev":%d' % (name, rev), _body(facts, wishes, lost))


def every(encoding: Encoding, rev: int, changes: Iterable[Shown]) -> bytes:
    """Every change up to ``rev``, in order: facts as a list, wishes and gone paths as in a delta. As clients take
    ``gone`` first, of a path that is gone in the end nothing else is told."""
    facts: list[Shown] = []
    wishes: dict[str, Shown | None] = {}
    lost: dict[str, None] = {}
    for shown in changes:
        if shown.part == "fact":
            facts.append(shown)
            lost.pop(shown.path, None)
        elif shown.part == "wish":
            wishes[shown.path] = shown
        else:
            lost[shown.path] = wishes[shown.path] = None
    if lost:
        facts = [shown for shown in facts if shown.path not in lost]
        wishes = {path: shown for path, shown in wishes.items() if path not in lost}
    if encoding.binary:
        rows = [[shown.path, *(shown.fact or ())] for shown in facts]
        message: dict[str, object] = {"t": "delta", "rev": rev, "list": rows}
        if wishes:
            message["wish"] = {path: s.wish if s else None for path, s in wishes.items()}
        if lost:
            message["gone"] = list(lost)
        return encoding.encode(message)
    texts = [b"[" + shown.fact_json.replace(b'":[', b'",', 1) for shown in facts]
    ends = [s.wish_json if s else b'"%s":null' % path.encode() for path, s in wishes.items()]
    body = _body([], ends, [b'"%s"' % path.encode() for path in lost])
    return b'{"t":"delta","rev":%d,"list":[%s]%s}' % (rev, b",".join(texts), body)


def parts(encoding: Encoding, epoch: str, rev: int, now: float, shown: list[Shown]) -> list[Frame]:
    """A snapshot, in as many frames as it needs. All but the last say ``more``; those after the first say which
    ``part`` they are: one that says none begins a new snapshot, whatever was under way."""
    chunks: list[list[Shown]] = [[]]
    size = 0
    for one in shown:
        size += len(one.fact_json) + len(one.wish_json) + 2
        if size > PART:
            chunks.append([])
            size = 0
        chunks[-1].append(one)
    frames = []
    for number, chunk in enumerate(chunks, 1):
        more = number < len(chunks)
        if encoding.binary:
            head: dict[str, object] = {
                "t": "snap",
                "epoch": epoch,
                "rev": rev,
                "now": now,
                **({"part": number} if number > 1 else {}),
                **({"more": True} if more else {}),
            }
            body_of = {"set": {}, **_plain(chunk, ())}
            wished = {path: wish for path, wish in body_of.pop("wish", {}).items() if wish is not None}
            frames.append(encoding.frame(encoding.encode({**head, **body_of, **({"wish": wished} if wished else {})})))
        else:
            facts, wishes, _ = _texts(s for s in chunk)
            wishes = [text for text in wishes if not text.endswith(b":null")]
            part = b',"part":%d' % number if number > 1 else b""
            head_text = b'{"t":"snap","epoch":"%s","rev":%d,"now":%r%s' % (epoch.encode(), rev, now, part)
            body = b',"set":{%s}%s' % (b",".join(facts), _body([], wishes, []))
            frames.append(encoding.frame(head_text + body + (b',"more":true}' if more else b"}")))
    return frames


def _texts(shown: Iterable[Shown]) -> tuple[list[bytes], list[bytes], list[bytes]]:
    facts: list[bytes] = []
    wishes: list[bytes] = []
    gone: list[bytes] = []
    for one in shown:
        if one.gone_at is not None:
            gone.append(b'"%s"' % one.path.encode())
            continue
        if one.fact_json:
            facts.append(one.fact_json)
        if one.wish_json:
            wishes.append(one.wish_json)
    return facts, wishes, gone


def _body(facts: list[bytes], wishes: list[bytes], gone: list[bytes]) -> bytes:
    body = b""
    if facts:
        body += b',"set":{%s}' % b",".join(facts)
    if wishes:
        body += b',"wish":{%s}' % b",".join(wishes)
    if gone:
        body += b',"gone":[%s]' % b",".join(gone)
    return body


def _plain(shown: Iterable[Shown], gone: Iterable[str]) -> dict[str, Any]:
    facts: dict[str, list[Value]] = {}
    wishes: dict[str, list[Value] | None] = {}
    lost = list(gone)
    for one in shown:
        if one.gone_at is not None:
            lost.append(one.path)
            continue
        if one.fact is not None:
            facts[one.path] = one.fact
        if one.wish_json:
            wishes[one.path] = one.wish
    names = (("set", facts), ("wish", wishes), ("gone", lost))
    return {name: found for name, found in names if found}
