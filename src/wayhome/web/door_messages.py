"""What the doors are sent and answer."""

from __future__ import annotations

from typing import Any

import msgspec

from wayhome.features.people.model import DeviceKind, Person, PublicKeys


class DoorState(msgspec.Struct):
    """What everybody may know. ``owner``: there is one who can come in; ``code``: founding it from here takes the setup
    code; ``passkeys``: this address can have them. ``lost``: the household was put back without its secrets, one of its
    owners has to come back with a new one; ``owners``: their names, on the hub's own machine. ``run``: another text
    after each start of the hub."""

    household: str | None
    owner: bool
    demo: bool
    passkeys: bool
    code: bool
    lost: bool
    owners: list[str]
    run: str


class NewDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to call the device that comes in. ``app``: it keeps the token itself (no browser); then the answer holds
    it, and no cookie is set."""

    name: str = ""
    kind: DeviceKind | None = None
    app: bool = False


class Founding(msgspec.Struct, forbid_unknown_fields=True):
    """The first owner: a name and a password, or the answer to a passkey ceremony."""

    name: str
    household: str | None = None
    code: str | None = None
    password: str | None = None
    ceremony: str | None = None
    credential: dict[str, Any] | None = None
    device: NewDevice = NewDevice()


class FoundingOptions(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    code: str | None = None


class ByPassword(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    password: str
    device: NewDevice = NewDevice()


class ByPasskey(msgspec.Struct, forbid_unknown_fields=True):
    ceremony: str
    credential: dict[str, Any]
    device: NewDevice = NewDevice()


class AddedPasskey(msgspec.Struct, forbid_unknown_fields=True):
    ceremony: str
    credential: dict[str, Any]
    name: str = ""


class Asking(msgspec.Struct, forbid_unknown_fields=True):
    """``keys``: the device's own, so that the signs come of them."""

    device: NewDevice = NewDevice()
    keys: PublicKeys | None = None


class Polling(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    device: NewDevice = NewDevice()


class Accepting(msgspec.Struct, forbid_unknown_fields=True):
    """An invitation's secret (from its link) or its code."""

    key: str | None = None
    code: str | None = None
    device: NewDevice = NewDevice()


class Ceremony(msgspec.Struct):
    """What the browser's passkey functions take, and under which id to answer."""

    ceremony: str
    options: dict[str, Any]


class ShownAsk(msgspec.Struct):
    """What the new device shows, and the ``key`` that it polls with (a secret)."""

    code: str
    link: str
    qr: str
    signs: str
    key: str
    expires: float


class CameIn(msgspec.Struct, omit_defaults=True):
    """Who has come in; ``state`` is ``waiting`` while nobody has answered. ``token`` for apps only."""

    state: str
    person: Person | None = None
    device: str | None = None
    token: str | None = None
