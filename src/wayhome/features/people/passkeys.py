"""Passkeys (WebAuthn): challenges that count once, and the checks of what an authenticator answers."""

from __future__ import annotations

import base64
import ipaddress
from typing import Literal

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from wayhome.core.value import Value
from wayhome.errors import BadInput, SignInNeeded, TooMany
from wayhome.features.people.model import Visitor

LASTS = 300.0
"""How long a challenge counts, in s."""
OPEN = 1_000
RP_NAME = "Wayhome"
type Purpose = Literal["first_owner", "add", "sign_in"]
_WRONG = "this passkey was not accepted"


class Passkey(msgspec.Struct, frozen=True):
    """One passkey of a person. ``id`` as base64url; ``handle``: the random name by which authenticators know the
    person; ``rp``: the host name it was made for; ``count``: the authenticator's counter (0: it has none)."""

    id: str
    key: bytes
    count: int
    handle: bytes
    rp: str
    name: str
    added_at: float


class Ceremony(msgspec.Struct, frozen=True):
    """One open challenge, for one purpose, one host name and (to add) one person."""

    id: str
    purpose: Purpose
    challenge: bytes
    rp: str
    origin: str
    until: float
    person: str | None = None
    handle: bytes = b""


class Ceremonies:
    """The open challenges. Each can be answered once."""

    def __init__(self) -> None:
        self._open: dict[str, Ceremony] = {}

    def begin(self, ceremony: Ceremony, now: float) -> None:
        """Raises TooMany."""
        for id in [id for id, known in self._open.items() if known.until <= now]:
            del self._open[id]
        if len(self._open) >= OPEN:
            raise TooMany("too many sign-ins are under way")
        self._open[ceremony.id] = ceremony

    def take(self, id: str, purpose: Purpose, visitor: Visitor, now: float) -> Ceremony:
        """The challenge, which is used up by this. Raises SignInNeeded when it does not count (any more)."""
        found = self._open.pop(id, None)
        if found is None or found.until <= now or found.purpose != purpose or found.origin != visitor.origin:
            raise SignInNeeded("this sign-in is no longer under way", advice="Begin again.")
        return found


def rp_of(visitor: Visitor) -> str:
    """The host name that passkeys of this visit belong to. Raises BadInput where browsers make none."""
    try:
        ipaddress.ip_address(visitor.host.strip("[]"))
    except ValueError:
        if visitor.secure or visitor.host == "localhost":
            return visitor.host
        raise BadInput("passkeys need https", advice="Open the hub by its https address.") from None
    raise BadInput("passkeys need a host name", advice="Open the hub as wayhome.local or under its own name.")


def creation(ceremony: Ceremony, name: str, known: list[Passkey]) -> dict[str, Value]:
    """The options for ``navigator.credentials.create``."""
    options = generate_registration_options(
        rp_id=ceremony.rp,
        rp_name=RP_NAME,
        user_name=name,
        user_id=ceremony.handle,
        challenge=ceremony.challenge,
        timeout=int(LASTS * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=_raw(key.id)) for key in known if key.rp == ceremony.rp],
    )
    return options_to_json_dict(options)


def request(ceremony: Ceremony) -> dict[str, Value]:
    """The options for ``navigator.credentials.get``: any passkey of this host, so nobody's name is told."""
    options = generate_authentication_options(
        rp_id=ceremony.rp,
        challenge=ceremony.challenge,
        timeout=int(LASTS * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def made(ceremony: Ceremony, credential: dict[str, Value], name: str, now: float) -> Passkey:
    """The new passkey that the authenticator answered with. Raises BadInput."""
    try:
        parsed = parse_registration_credential_json(credential)
        _same_origin(parsed.response.client_data_json)
        verified = verify_registration_response(
            credential=parsed,
            expected_challenge=ceremony.challenge,
            expected_rp_id=ceremony.rp,
            expected_origin=ceremony.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise BadInput(_WRONG, advice="Try again, or use another device.") from error
    id = base64.urlsafe_b64encode(verified.credential_id).rstrip(b"=").decode()
    return Passkey(id, verified.credential_public_key, verified.sign_count, ceremony.handle, ceremony.rp, name, now)


def credential_id(credential: dict[str, Value]) -> str:
    """Which passkey an answer says it is of; empty when it does not say."""
    id = credential.get("id")
    return id if isinstance(id, str) and len(id) <= 1_400 else ""


def proven(ceremony: Ceremony, credential: dict[str, Value], key: Passkey) -> int:
    """The authenticator's new counter, once its signature, origin, host, challenge, user verification, counter and
    person all fit. Raises SignInNeeded."""
    try:
        parsed = parse_authentication_credential_json(credential)
        _same_origin(parsed.response.client_data_json)
        if parsed.response.user_handle is not None and parsed.response.user_handle != key.handle:
            raise SignInNeeded(_WRONG)
        return verify_authentication_response(
            credential=parsed,
            expected_challenge=ceremony.challenge,
            expected_rp_id=ceremony.rp,
            expected_origin=ceremony.origin,
            credential_public_key=key.key,
            credential_current_sign_count=key.count,
            require_user_verification=True,
        ).new_sign_count
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise SignInNeeded(_WRONG) from error


def _same_origin(client_data: bytes) -> None:
    if parse_client_data_json(client_data).cross_origin:
        raise ValueError("made inside a frame of another site")


def _raw(id: str) -> bytes:
    return base64.urlsafe_b64decode(id + "=" * (-len(id) % 4))
