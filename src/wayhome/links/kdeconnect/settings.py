"""The settings of a link to phones."""

from __future__ import annotations

import ipaddress
from typing import Literal

import msgspec

from wayhome.links.kdeconnect.wire import plain_name

MOST_ADDRESSES = 16


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """How this hub shows itself to phones.

    ``shown``: its name there; without, the link's own. ``type``: its picture there. ``addresses``: of devices that are
    not found by themselves (another network, a VPN), each as an IP address.
    """

    shown: str | None = None
    type: Literal["desktop", "laptop", "phone", "tablet", "tv"] = "desktop"
    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.shown is not None:
            msgspec.structs.force_setattr(self, "shown", plain_name(self.shown))
        if len(self.addresses) > MOST_ADDRESSES:
            raise ValueError(f"at most {MOST_ADDRESSES} addresses are called")
        for address in self.addresses:
            address_of(address)


def address_of(text: str) -> str:
    """An IP address as typed. Raises ValueError."""
    try:
        address = ipaddress.IPv4Address(text.strip())
    except ValueError:
        raise ValueError(f"{text[:80]!r} is not an IP address (IPv4)") from None
    if address.is_multicast or address.is_unspecified or address.is_loopback or str(address) == "255.255.255.255":
        raise ValueError(f"{text[:80]!r} is no device's address")
    return str(address)
