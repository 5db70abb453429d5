"""Certificates for an own domain from an ACME directory (RFC 8555; Let's Encrypt and its like), proven by DNS.

DNS-01 needs no open port: the hub writes a TXT record into the domain's zone by dynamic update (RFC 2136, signed
with TSIG: BIND, Knot, PowerDNS, many providers), the directory reads it. Needs the extra ``wayhome[acme]``.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import anyio
import anyio.to_thread
import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.tsig
import dns.tsigkeyring
import dns.update
import msgspec
import requests
from acme import challenges, client, crypto_util, errors, messages
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.errors import Error as JoseError
from josepy.jwa import ES256
from josepy.jwk import JWKEC

from wayhome.adapters.authority import Pair
from wayhome.errors import AuthNeeded, BadInput, HubError, Refused, Unreachable
from wayhome.hub.ports import Vault

LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"
ACCOUNT = "tls/acme/account"
PATIENCE = 180.0
"""How long the directory may take to look at the record and issue, in s."""
TXT_TTL = 60


class DnsZone(msgspec.Struct, frozen=True):
    """A zone that takes dynamic updates. ``server``: ADDRESS or ADDRESS:PORT of its primary; ``key``: the TSIG key's
    name; ``secret``: its base64; ``settle``: how long secondaries take to follow, in s."""

    zone: str
    server: str
    key: str
    secret: str
    algorithm: str = "hmac-sha256"
    settle: float = 10.0

    def __repr__(self) -> str:
        return f"DnsZone({self.zone} at {self.server})"


class Acme:
    """A source of certificates. ``email``: where the directory warns, if at all. ``roots``: a PEM file of the
    authority that the directory's own https is under, where that is a private one."""

    def __init__(
        self,
        vault: Vault,
        zone: DnsZone,
        directory: str = LETS_ENCRYPT,
        email: str | None = None,
        roots: str | None = None,
    ) -> None:
        self._vault = vault
        self._zone = zone
        self._directory = directory
        self._email = email
        self._roots = roots

    def fitting(self, names: Sequence[str]) -> list[str]:
        """The names that lie in the zone: the others (localhost, wayhome.local, addresses) are nothing that a public
        authority vouches for."""
        zone = self._zone.zone.strip(".").lower()
        return [name for name in names if name.lower() == zone or name.lower().endswith("." + zone)]

    def made(self, chain: bytes) -> bool:
        """A certificate for names in the zone is as good from any public authority."""
        return True

    async def obtain(self, names: Sequence[str]) -> Pair:
        """A certificate for the names that fit. Raises BadInput, AuthNeeded, Refused, Unreachable."""
        wanted = self.fitting(names)
        if not wanted:
            raise BadInput(
                f"none of the hub's names lies in {self._zone.zone}",
                advice=f"Add one under `names`, as hub.{self._zone.zone}.",
            )
        account = await self._account()
        return await anyio.to_thread.run_sync(self._obtain, wanted, account)

    async def _account(self) -> bytes:
        kept = await self._vault.secret(ACCOUNT)
        if kept is None:
            kept = _pem(ec.generate_private_key(ec.SECP256R1()))
            await self._vault.keep(ACCOUNT, kept)
        return kept

    # In a worker thread: the ACME library does its I/O itself.

    def _obtain(self, names: list[str], account: bytes) -> Pair:
        key = _pem(ec.generate_private_key(ec.SECP256R1()))
        placed: list[tuple[str, str]] = []
        try:
            acme = self._client(account)
            order = acme.new_order(crypto_util.make_csr(key, names))
            try:
                answers = []
                for authorization in order.authorizations:
                    if authorization.body.status == messages.STATUS_VALID:
                        continue
                    challenge = _dns_challenge(authorization)
                    response, value = challenge.response_and_validation(acme.net.key)
                    record = challenge.chall.validation_domain_name(authorization.body.identifier.value)
                    self._place(record, value)
                    placed.append((record, value))
                    answers.append((challenge, response))
                for record, value in placed:
                    self._await_visible(record, value)
                if placed:
                    time.sleep(self._zone.settle)
                for challenge, response in answers:
                    acme.answer_challenge(challenge, response)
                # The library compares with local time without a zone.
                deadline = datetime.now() + timedelta(seconds=PATIENCE)
                done = acme.poll_and_finalize(order, deadline)
            finally:
                for record, value in placed:
                    self._remove(record, value)
        except HubError:
            raise
        except errors.ValidationError as error:
            raise Refused(f"the ACME directory could not prove the domain: {_why(error)}") from error
        except messages.Error as error:
            raise Refused(f"the ACME directory refused: {error.detail or error.typ}") from error
        except (errors.TimeoutError, requests.RequestException) as error:
            raise Unreachable(f"the ACME directory {self._directory} does not answer: {_short(error)}") from error
        except (errors.Error, JoseError) as error:
            raise Refused(f"the ACME directory answered nonsense: {_short(error)}") from error
        return Pair(done.fullchain_pem.encode(), key)

    def _client(self, account: bytes) -> client.ClientV2:
        private = serialization.load_pem_private_key(account, None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        key = JWKEC(key=private)
        net = client.ClientNetwork(key, alg=ES256, user_agent="wayhome", verify_ssl=self._roots or True)  # type: ignore[arg-type]
        acme = client.ClientV2(client.ClientV2.get_directory(self._directory, net), net)
        wish = messages.NewRegistration.from_data(email=self._email, terms_of_service_agreed=True)
        try:
            net.account = acme.new_account(wish)
        except errors.ConflictError as known:
            body = messages.Registration()
            net.account = messages.RegistrationResource(uri=known.location, body=body)
        return acme

    def _place(self, record: str, value: str) -> None:
        update = self._update()
        update.add(dns.name.from_text(record), TXT_TTL, "TXT", f'"{value}"')
        self._send(update)

    def _remove(self, record: str, value: str) -> None:
        update = self._update()
        update.delete(dns.name.from_text(record), "TXT", f'"{value}"')
        self._send(update)

    def _update(self) -> dns.update.UpdateMessage:
        try:
            ring = dns.tsigkeyring.from_text({self._zone.key: self._zone.secret})
        except ValueError as error:
            raise BadInput(
                "the TSIG secret is not base64", advice="Copy it from the name server's key file."
            ) from error
        return dns.update.UpdateMessage(self._zone.zone, keyring=ring, keyalgorithm=self._zone.algorithm)

    def _send(self, update: dns.update.UpdateMessage) -> None:
        host, port = _server(self._zone.server)
        try:
            answer = dns.query.tcp(update, host, timeout=10, port=port)
        except (dns.tsig.PeerError, dns.tsig.BadSignature) as error:
            raise AuthNeeded(
                f"the name server {self._zone.server} does not accept the key {self._zone.key}",
                advice="Compare name, algorithm and secret of the TSIG key, and both clocks.",
            ) from error
        except (OSError, dns.exception.DNSException) as error:
            raise Unreachable(f"the name server {self._zone.server} does not answer: {_short(error)}") from error
        code = answer.rcode()
        if code != dns.rcode.NOERROR:
            advice = {
                dns.rcode.REFUSED: "Allow this key to update the zone (BIND: update-policy or allow-update).",
                dns.rcode.NOTAUTH: f"Is {self._zone.zone} a zone of this server, and the key known to it?",
                dns.rcode.NOTZONE: f"The names have to lie in {self._zone.zone}.",
            }.get(code, "Look at the name server's log.")
            raise Refused(f"the name server refused the update: {dns.rcode.to_text(code)}", advice=advice)

    def _await_visible(self, record: str, value: str) -> None:
        host, port = _server(self._zone.server)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                answer = dns.query.tcp(dns.message.make_query(record, "TXT"), host, timeout=5, port=port)
            except (OSError, dns.exception.DNSException):
                answer = None
            if answer is not None and any(value in item.to_text() for line in answer.answer for item in line):
                return
            time.sleep(0.2)
        raise Unreachable(f"the name server {self._zone.server} took {record}, but does not show it")


def _dns_challenge(authorization: messages.AuthorizationResource) -> Any:
    for offered in authorization.body.challenges:
        if isinstance(offered.chall, challenges.DNS01):
            return offered
    raise Refused(f"the ACME directory does not offer DNS-01 for {authorization.body.identifier.value}")


def _why(error: errors.ValidationError) -> str:
    found = [
        challenge.error.detail
        for authorization in error.failed_authzrs
        for challenge in authorization.body.challenges
        if challenge.error is not None
    ]
    return "; ".join(str(text) for text in found) or "it does not say why"


def _short(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:300]


def _server(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and (":" not in host or host.endswith("]")):
        return host.strip("[]"), int(port)
    return text.strip("[]"), 53


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
