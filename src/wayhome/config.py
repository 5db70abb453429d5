"""Configuration, and which adapters a hub gets. Everything has a default; nothing has to be configured."""

from __future__ import annotations

import os
import time
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from wayhome.errors import BadInput

FILE = "wayhome.toml"
LOCAL = "local.json"
CHAIN = "ca.pem"
REACH = "reach"
"""A file in the data folder with the one word "house": the hub was opened to the house on its own page."""
DEFAULT_LISTEN = "localhost:8300"


class AcmeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to prove the domain ``zone`` to an ACME directory by DNS.

    ``server``: ADDRESS or ADDRESS:PORT of the zone's primary name server, which takes dynamic updates (RFC 2136);
    ``key``: the name of the TSIG key; ``secret_file``: a file with its base64 secret, readable by the hub only;
    ``algorithm`` of it. ``settle``: how long the zone's secondaries take to follow, in s. ``directory``: empty for
    Let's Encrypt; ``roots``: a PEM file with the authority of a private directory; ``email``: where it may warn.
    """

    zone: str
    server: str
    key: str
    secret_file: str
    algorithm: str = "hmac-sha256"
    settle: float = 10.0
    directory: str = ""
    roots: str = ""
    email: str = ""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be set, in ``<data>/wayhome.toml`` or on the command line.

    ``site``: what this site of the household is called (``home``, ``car``); it stays as it was the first time.
    ``listen``: HOST:PORT; anything but loopback is served over TLS. ``vss``: a VSS file to use instead of VSS 6.
    ``market``: whose rules restrict drivers (``world``, ``us``). ``zone``: an IANA time zone; empty: the machine's.
    ``names``: further host names of this hub. ``certificate``, ``key``: PEM files that somebody else renews; empty:
    the household's own authority. ``mdns``: announce ``wayhome.local``. ``proxies``: addresses or networks of reverse
    proxies that do the TLS. ``trust_loopback``: false where a container's port forwarding makes everybody look local.
    ``acme``: certificates for an own domain (``[acme]``). ``log``: debug, info, warning, error.
    """

    listen: str = DEFAULT_LISTEN
    site: str = ""
    vss: str | None = None
    market: Literal["world", "us"] = "world"
    zone: str = ""
    names: tuple[str, ...] = ()
    certificate: str = ""
    key: str = ""
    acme: AcmeSettings | None = None
    mdns: bool = True
    proxies: tuple[str, ...] = ()
    trust_loopback: bool = True
    log: Literal["debug", "info", "warning", "error"] = "info"


class Local(msgspec.Struct, frozen=True):
    """How programs on the hub's machine reach it: written at start, readable by the hub's account only."""

    url: str
    token: str
    pid: int


def data_dir(given: str | None, *, demo: bool = False) -> Path:
    """The folder of a household's data: as given, ``$WAYHOME_DATA``, or in the account's own data folder. Raises
    BadInput."""
    chosen = given or os.environ.get("WAYHOME_DATA")
    if chosen:
        try:
            return Path(chosen).expanduser().resolve()
        except (RuntimeError, ValueError) as error:  # an account or a name that can't be
            raise BadInput(
                f"{chosen[:80]!r} is no folder's name: {error}", advice="Give another with --data."
            ) from None
    base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / ("wayhome-demo" if demo else "wayhome")


def load(data: Path) -> Config:
    """Read ``wayhome.toml`` if there is one. Raises BadInput that names the place: settings that can't be read are
    never taken for none."""
    path = data / FILE
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        if not path.is_symlink():
            return Config()
        raise _unreadable(path, error) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    try:
        settings = msgspec.toml.decode(content, type=Config)
        # A name in other letters, as the network and certificates know it: xn--…
        names = tuple(name.encode("idna").decode() for name in settings.names)
        return msgspec.structs.replace(settings, names=names)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadInput(f"{path}: {error}", advice="Correct the file, or remove it to use the defaults.") from None


def _unreadable(path: Path, error: OSError) -> BadInput:
    advice = "Make it a file that the user who runs Wayhome can read, or remove it to use the defaults."
    return BadInput(f"{path} can't be read: {error.strerror or type(error).__name__}", advice=advice)


def may_open(settings: Config) -> bool:
    """Whether the hub's own page may open it to the house: it is told to listen on its own machine, for no proxy."""
    return is_loopback(address(settings.listen)[0]) and not settings.proxies


def opened(data: Path, settings: Config) -> Config:
    """The settings as the choice made on the hub's page has them: a hub that would be its own machine's only listens
    on every address, with TLS."""
    try:
        chosen = (data / REACH).read_text(encoding="ascii", errors="replace").strip() == "house"
    except OSError:
        chosen = False
    if not (chosen and may_open(settings)):
        return settings
    return msgspec.structs.replace(settings, listen=f"0.0.0.0:{address(settings.listen)[1]}")


def vss_file(settings: Config) -> Path | None:
    """The household's own VSS file, if one is set."""
    return Path(settings.vss).expanduser() if settings.vss else None


def zone(name: str) -> tzinfo:
    """A time zone by name; empty: the machine's own. Raises BadInput."""
    if name:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise BadInput(f"there is no time zone {name!r}", advice="As Europe/Berlin, Asia/Shanghai.") from None
    link = Path("/etc/localtime")
    if link.is_symlink():
        _, _, known = str(link.resolve()).partition("zoneinfo/")
        try:
            return ZoneInfo(known)
        except (ZoneInfoNotFoundError, ValueError):
            pass
    return UTC if time.timezone == 0 else ZoneInfo("Etc/UTC")


def address(listen: str) -> tuple[str, int]:
    """``HOST:PORT`` (``[::1]:8300``, ``:8300`` for every address). Raises BadInput."""
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise BadInput(f"{listen!r} is not HOST:PORT", advice="As localhost:8300, or 0.0.0.0:8300 for the whole house.")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - an explicit ":PORT" means every address


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    return host in ("localhost", "::1") or host.startswith("127.")
