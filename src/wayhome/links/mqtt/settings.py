"""The settings of an MQTT link. Its password is not among them."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

import msgspec

from wayhome.core import grant
from wayhome.core.ids import is_slug
from wayhome.errors import BadInput
from wayhome.links.mqtt.config import topic_fits

PORT, TLS_PORT = 1883, 8883
MAX_CA = 20_000
MAX_IDS_BYTES = 30_000
"""A link's settings are one record of at most 64 kB."""


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which broker, what of it, and what it is told.

    ``url``: ``mqtt://host:1883``, or ``mqtts://host:8883`` for TLS. ``user``: who signs in there. ``ca``: certificates
    (PEM) that vouch for the broker, where this machine does not know them. ``prefix``: of discovery. ``birth``: ask
    devices at the start to describe themselves anew. ``hidden``, ``config``, ``diagnostic``: take these entities too.
    ``leave_out``: identities or domains that stay out. ``shows``: cars and people that others at the broker see.
    ``grants``: what others there may do with them, as sentences (``act su7/Vehicle.Cabin.HVAC.**``). ``published``:
    what stands at the broker of it, and ``ids``: things' ids, both kept by the link itself.
    """

    url: str
    user: str | None = None
    ca: str | None = None
    prefix: str = "homeassistant"
    birth: bool = True
    hidden: bool = False
    config: bool = False
    diagnostic: bool = False
    leave_out: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    ids: dict[str, str] = {}

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "url", _address(self.url))
        msgspec.structs.force_setattr(self, "ids", {k: id for k, id in self.ids.items() if is_slug(id)})
        if not topic_fits(self.prefix) or self.prefix.endswith("/"):
            raise ValueError(f"{self.prefix[:80]!r} can't be a prefix of topics")
        if self.ca is not None:
            _check_ca(self.ca)
        if len(self.shows) > 100 or len(self.grants) > 100:
            raise ValueError("at most 100 things can be shown, and 100 grants given")
        wrong = next((thing for thing in self.shows if not is_slug(thing)), None)
        if wrong is not None:
            raise ValueError(f"{wrong[:80]!r} can't be a thing's id")
        for text in self.grants:
            try:
                given = grant.parse(text, id="mqtt", to="link:mqtt")
            except BadInput as error:
                raise ValueError(error.detail) from None
            if given.verb != "act":
                raise ValueError("a link's grants let act; what it shows stands in shows")

    @property
    def tls(self) -> bool:
        return self.url.startswith("mqtts:")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (TLS_PORT if self.tls else PORT)

    def context(self) -> ssl.SSLContext | None:
        """How TLS is spoken: with certificates that this machine, or ``ca``, vouches for. None without TLS."""
        if not self.tls:
            return None
        return ssl.create_default_context(cadata=self.ca)

    def kept(self, ids: dict[str, str]) -> dict[str, str]:
        """Of the things' ids as many as a record holds, about 800."""
        kept: dict[str, str] = {}
        size = 0
        for identity, id in ids.items():
            size += len(identity) + len(id) + 6
            if size > MAX_IDS_BYTES:
                break
            kept[identity] = id
        return kept


def _address(text: str) -> str:
    """As typed (``broker.local``, ``mqtts://10.0.0.2``), with its scheme and port. Raises ValueError."""
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"mqtt://{text}")
        port = parts.port
    except ValueError:
        raise ValueError(f"{text[:80]!r} is not an address") from None
    if parts.scheme not in ("mqtt", "mqtts"):
        raise ValueError("an MQTT broker's address begins with mqtt:// or mqtts://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("user and password don't belong in an address")
    if not parts.hostname or parts.query or parts.fragment or parts.path not in ("", "/"):
        raise ValueError(f"{text[:80]!r} is not a broker's address")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port or (TLS_PORT if parts.scheme == 'mqtts' else PORT)}"


def _check_ca(text: str) -> None:
    if len(text) > MAX_CA:
        raise ValueError(f"certificates have at most {MAX_CA // 1000} kB")
    try:
        ssl.create_default_context(cadata=text)
    except (ssl.SSLError, ValueError, UnicodeError):
        raise ValueError("that is no certificate in PEM form") from None
