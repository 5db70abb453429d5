"""ONVIF on the wire, as far as finding a camera's film goes: questions in SOAP, signed by WS-Security, and what the
answers say. Pure. Elements are known by their names alone: what namespaces cameras give them is their own affair."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit
from xml.parsers import expat
from xml.sax.saxutils import escape

import msgspec

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MAX_DEPTH, MAX_NODES = 64, 20_000

_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_TOKEN = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"  # noqa: S105 - a name
_BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"


class Strange(Exception):
    """An answer that can't be read."""


class Node:
    """An element: its name without its namespace, its text, its attributes, what is in it. ``space``: its namespace,
    empty where the answer does not say what a prefix stands for."""

    __slots__ = ("attributes", "children", "name", "space", "text")

    def __init__(self, name: str, attributes: dict[str, str], space: str = "") -> None:
        self.name = name
        self.space = space
        self.attributes = attributes
        self.text = ""
        self.children: list[Node] = []

    def all(self, name: str) -> Iterator[Node]:
        """All elements of this name in it, however deep, but none within another of them: of fifty that lie in each
        other each would be gone through fifty times."""
        for child in self.children:
            if child.name == name:
                yield child
            else:
                yield from child.all(name)

    def find(self, *names: str) -> Node | None:
        """The first element of the first name, in it the first of the second, and so on."""
        node: Node | None = self
        for name in names:
            node = next(node.all(name), None) if node is not None else None
        return node

    def said(self, *names: str) -> str:
        """Its text; "" where it is missing."""
        node = self.find(*names)
        return node.text.strip() if node is not None else ""


def read(data: bytes) -> Node:
    """An XML document. Raises Strange; one that declares entities is not read."""
    root = Node("", {})
    stack, count = [root], 0
    spaces: dict[str, str] = {}
    parser = expat.ParserCreate()
    parser.buffer_text = True  # else each line of a text is told by itself: a megabyte of them takes half a minute

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) > MAX_DEPTH or count > MAX_NODES:
            raise Strange("the answer is too large")
        for key, value in attributes.items():
            if key.startswith("xmlns"):
                spaces[key[6:]] = value
        prefix, _, local = name.rpartition(":")
        node = Node(local, attributes, spaces.get(prefix, ""))
        stack[-1].children.append(node)
        stack.append(node)

    def end(name: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].text += data

    def doctype(*_: object) -> None:
        raise Strange("the answer declares things of its own")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the latter: of an encoding that nobody knows
        raise Strange(f"the answer is no XML: {error}") from None
    return root


class Login(msgspec.Struct, frozen=True):
    """Who asks, and by what clock: a camera takes a login of its own time only. ``nonce``: 16 bytes of chance."""

    user: str
    password: str
    now: datetime
    nonce: bytes


def question(namespace: str, body: str, login: Login | None = None, head: str = "") -> bytes:
    """A request. ``body``: the element that asks, without its namespace; ``head``: more for the envelope's header."""
    head = head if login is None else f"{head}{_security(login)}"
    head = f"<s:Header>{head}</s:Header>" if head else ""
    name = body[1:].partition(">")[0].partition(" ")[0].rstrip("/")
    asked = body.replace(f"<{name}", f'<{name} xmlns="{namespace}"', 1)
    envelope = f'<s:Envelope xmlns:s="{_SOAP}">{head}<s:Body>{asked}</s:Body></s:Envelope>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{envelope}'.encode()


def _security(login: Login) -> str:
    created = login.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    # SHA-1 is what WS-Security's digest of a password is made with.
    digest = hashlib.sha1(login.nonce + created.encode() + login.password.encode(), usedforsecurity=False).digest()
    return (
        f'<Security xmlns="{_WSSE}" s:mustUnderstand="1"><UsernameToken><Username>{escape(login.user)}</Username>'
        f'<Password Type="{_TOKEN}#PasswordDigest">{base64.b64encode(digest).decode()}</Password>'
        f'<Nonce EncodingType="{_BASE64}">{base64.b64encode(login.nonce).decode()}</Nonce>'
        f'<Created xmlns="{_WSU}">{created}</Created></UsernameToken></Security>'
    )


def clock(answer: Node) -> datetime | None:
    """What a camera's clock says (GetSystemDateAndTime)."""
    time = answer.find("UTCDateTime")
    if time is None:
        return None
    try:
        year, month, day, hour, minute = (int(time.said(one)) for one in ("Year", "Month", "Day", "Hour", "Minute"))
        return datetime(year, month, day, hour, minute, tzinfo=UTC) + timedelta(seconds=int(time.said("Second")))
    except (ValueError, OverflowError):
        return None


class Profile(msgspec.Struct, frozen=True):
    """One of a camera's films. ``encoding``: ``H264``, ``JPEG``, ``H265``."""

    token: str
    name: str
    encoding: str
    width: int
    height: int


def profiles(answer: Node) -> list[Profile]:
    """What GetProfiles tells, in the camera's order."""
    found = []
    for node in answer.all("Profiles"):
        video = node.find("VideoEncoderConfiguration") or node.find("VideoEncoder")
        token = node.attributes.get("token", "")
        if video is not None and token:
            width, height = (video.said("Resolution", side) for side in ("Width", "Height"))
            size = [int(side) if side.isascii() and side.isdigit() else 0 for side in (width, height)]
            encoding = video.said("Encoding").upper().replace(".", "")
            found.append(Profile(token[:200], node.said("Name")[:100], encoding[:20], *size))
    return found


class Match(msgspec.Struct, frozen=True):
    """A camera that answered a search. ``url``: of its services."""

    url: str
    name: str
    model: str


def match(answer: Node, sender: str) -> Match | None:
    """What a ProbeMatch tells. Only an address of whoever sent it counts: nobody shall send a password elsewhere."""
    for node in (*answer.all("ProbeMatch"),):
        scopes: dict[str, str] = {}
        for scope in node.said("Scopes").split():
            parts = urlsplit(scope).path.split("/")
            if len(parts) > 2:
                scopes.setdefault(parts[1], unquote("/".join(parts[2:]))[:80])
        for url in node.said("XAddrs").split():
            try:
                address = urlsplit(url)
                if address.scheme == "http" and address.hostname == sender and len(url) < 500:
                    return Match(url, scopes.get("name", ""), scopes.get("hardware", ""))
            except ValueError:
                continue
    return None


def probe(id: str) -> bytes:
    """A search for cameras. ``id``: a UUID."""
    addressing = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
    discovery = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
    network = "http://www.onvif.org/ver10/network/wsdl"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{_SOAP}" xmlns:a="{addressing}"><s:Header>'
        f'<a:Action s:mustUnderstand="1">{discovery}/Probe</a:Action><a:MessageID>uuid:{id}</a:MessageID>'
        f'<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header><s:Body>'
        f'<d:Probe xmlns:d="{discovery}" xmlns:n="{network}"><d:Types>n:NetworkVideoTransmitter</d:Types></d:Probe>'
        "</s:Body></s:Envelope>"
    ).encode()
