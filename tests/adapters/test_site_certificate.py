"""One authority for all sites: what it vouches for at a site, what never, and how a site comes by it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from tests.features.people.house import Clock, Vault
from wayhome.adapters import joined_certificate
from wayhome.adapters.authority import SITE_DAYS, Authority, general, leaf
from wayhome.adapters.certificates import names_of
from wayhome.adapters.joined_certificate import FRESH, JoinedCertificate, called
from wayhome.adapters.site_certificate import grant, made, sound
from wayhome.errors import BadInput, Unreachable
from wayhome.hub.reach import Joined, Reach

pytestmark = pytest.mark.anyio
BASES = ["wayhome.local", "wayhome-2.local", "home.example.org"]
OWN = ["wayhome.local", "wayhome-2.local", "home.example.org", "nas", "192.168.1.10", "127.0.0.1", "::1", "fd00::1"]
MINE = ["car.wayhome.local", "192.168.8.1"]


async def home(clock: Clock | None = None) -> Authority:
    authority = Authority(Vault(), clock or Clock(), [*BASES, "nas", "wayhome.abcdef.relay.example.net"])
    await authority.open()
    return authority


def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def wanting(*names: str) -> str:
    return made(key(), names)


async def test_a_site_is_vouched_for_by_its_own_name_and_its_private_addresses() -> None:
    authority, mine = await home(), key()
    issued = grant(authority, "car", made(mine, [*MINE, "fd00::7"]), BASES, OWN)
    assert issued.names == [*MINE, "fd00::7"]
    root = authority.certificate.public_bytes(Encoding.PEM).decode()
    certificate = sound(issued.chain, mine, root)
    assert names_of(certificate) == issued.names
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert timedelta(days=SITE_DAYS) <= life <= timedelta(days=SITE_DAYS + 1), "a car may be away for a year"
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_after_utc.timestamp() == issued.until


@pytest.mark.parametrize(
    "name",
    [
        "wayhome.local", "WAYHOME.local.", "wayhome-2.local", "home.example.org", "nas", "localhost", "car",
        "van.wayhome.local", "x.car.wayhome.local", "evilcar.wayhome.local", "*.wayhome.local", "*.car.wayhome.local",
        "car.wayhome.local.evil.org", "car.wayhome.localx", "car.localhost", "car.nas", "example.org", "bank.example",
        "car.relay.example.net", "car.wayhome.abcdef.relay.example.net", "wayhome.abcdef.relay.example.net", "",
        "192.168.1.10", "127.0.0.1", "127.0.0.9", "0.0.0.0", "224.0.0.251", "8.8.8.8", "2001:db8::1", "::1",
        "fd00::1", "::ffff:8.8.8.8", "::", "fe80::1",
    ],
)  # fmt: skip
async def test_no_name_of_the_home_of_another_site_or_of_anybody_else(name: str) -> None:
    authority = await home()
    try:
        request = wanting(name)
    except ValueError:
        return  # what can't even be written
    with pytest.raises(BadInput):
        grant(authority, "car", request, BASES, OWN)
    # Beside what it may have, it gets that alone.
    assert grant(authority, "car", wanting(name, *MINE, name), BASES, OWN).names == MINE


@given(st.lists(st.text("abcr.-*@ \x00wayhomelocl:/192", max_size=24), max_size=6), st.sampled_from(["car", "van"]))
async def test_whatever_is_asked_for_nothing_but_its_own_is_given(names: list[str], site: str) -> None:
    authority = await home()
    try:
        request = wanting(*names, "x.example")
    except ValueError:
        return
    try:
        issued = grant(authority, site, request, BASES, OWN)
    except BadInput:
        return
    for name in issued.names:
        assert name in [f"{site}.{base}" for base in BASES] or name.startswith(("192.", "10.", "fd", "fc"))


async def test_what_is_no_request_of_a_key_of_its_own_is_refused() -> None:
    authority, mine = await home(), key()
    names = x509.SubjectAlternativeName([general(name) for name in MINE])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wayhome.local")])

    def built(
        signs: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
        san: x509.SubjectAlternativeName | None = names,
        *more: x509.ExtensionType,
    ) -> str:
        builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
        for extension in (*([san] if san is not None else []), *more):
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(signs, hashes.SHA256()).public_bytes(Encoding.PEM).decode()

    refused = [
        "", "no request", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
        built(rsa.generate_private_key(65_537, 2_048)), built(ec.generate_private_key(ec.SECP384R1())),
        built(mine, None), "\u00e4" + built(mine), built(mine) + "x" * 10_000,
        built(mine, x509.SubjectAlternativeName([x509.UniformResourceIdentifier("https://wayhome.local")])),
        built(mine, x509.SubjectAlternativeName([general(f"car.{n}.local") for n in range(200)])),
        authority.certificate.public_bytes(Encoding.PEM).decode(),
    ]  # fmt: skip
    # Signed by another key than the one that it is for.
    der = bytearray(x509.load_pem_x509_csr(built(mine).encode()).public_bytes(Encoding.DER))
    der[-1] ^= 1
    try:
        refused.append(x509.load_der_x509_csr(bytes(der)).public_bytes(Encoding.PEM).decode())
    except ValueError:
        pass
    for request in refused:
        with pytest.raises(BadInput):
            grant(authority, "car", request, BASES, OWN)
    # It asks to be an authority itself, under the home's name: what it gets is neither.
    asks = built(mine, names, x509.BasicConstraints(ca=True, path_length=None))
    certificate = leaf(grant(authority, "car", asks, BASES, OWN).chain)
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.subject.rfc4514_string() == "OU=site,CN=car.wayhome.local"


async def test_what_is_given_is_held_against_the_household() -> None:
    authority, other, mine = await home(), await home(), key()
    root = authority.certificate.public_bytes(Encoding.PEM).decode()
    good = grant(authority, "car", made(mine, MINE), BASES, OWN).chain
    sound(good, mine, root)
    for chain, whose in [
        (grant(other, "car", made(mine, MINE), BASES, OWN).chain, mine),
        (good, key()),
        (root.encode(), mine),
        (b"", mine),
        (good[:200], mine),
        (good + other.certificate.public_bytes(Encoding.PEM), mine),
    ]:
        with pytest.raises(BadInput):
            sound(chain, whose, root)


class Car:
    """A hub that has joined, and the home's authority behind its conversation."""

    def __init__(self, authority: Authority, clock: Clock | None = None) -> None:
        self.authority = authority
        self.clock = clock or Clock()
        self.vault = Vault()
        self.reach = Reach()
        self.addresses = ["192.168.1.77", "192.168.8.1", "127.0.0.1"]
        self.here, self.by = True, "first"
        self.asked: list[str] = []
        self.changes = 0
        self.reach.request = self.request
        self.joins(authority)

    def joins(self, authority: Authority) -> None:
        self.authority = authority
        root = authority.certificate.public_bytes(Encoding.PEM).decode()
        self.reach.joined = lambda: Joined(root, self.here, self.by)

    async def request(self, request: str) -> bytes:
        if not self.here:
            raise Unreachable("the home is away")
        self.asked.append(request)
        return grant(self.authority, "car", request, BASES, OWN).chain

    def starts(self) -> JoinedCertificate:
        def changed() -> None:
            self.changes += 1

        def names() -> list[str]:
            return called("car", BASES, ["nas", "car.home.example.org"], self.addresses)

        return JoinedCertificate(self.reach, self.vault, self.clock, names, changed)


async def seen_to(it: JoinedCertificate) -> None:
    if it.due():
        await it.renew()


async def test_a_car_that_is_away_for_a_year_goes_on_and_what_has_ended_is_told_and_mended() -> None:
    clock = Clock()
    car = Car(await home(clock), clock)
    it = car.starts()
    await it.open()
    assert it.names() == [] and it.choose("car.wayhome.local") is None and it.over() is None and it.due()
    await seen_to(it)
    assert it.names() == ["car.wayhome.local", "car.home.example.org", "192.168.1.77", "192.168.8.1"]
    assert not it.due() and car.changes == 1
    shown = it.choose("CAR.wayhome.local")
    assert shown is not None and it.choose(None) is shown and it.choose("wayhome.local") is None
    # Restarted on the road, it has it still; a month later at home it gets another.
    car.here = False
    again = car.starts()
    await again.open()
    assert again.names() == it.names() and not again.due()
    car.clock.time += FRESH.total_seconds() + 100
    assert not again.due(), "who can't be asked is not asked"
    car.here = True
    assert again.due()
    first = again.until()
    await again.renew()
    assert first is not None and (again.until() or 0) > first
    # Away for a year.
    car.here = False
    car.clock.time += 365 * 86_400
    assert again.names() and again.over() is None
    car.clock.time += 40 * 86_400
    assert again.names() == [] and again.choose(None) is None and again.authority is None
    assert "has ended" in str(again.over())
    car.here = True
    await seen_to(again)
    assert again.names() and again.over() is None


async def test_another_address_and_another_authority_ask_for_another_one() -> None:
    car = Car(await home())
    it = car.starts()
    await seen_to(it)
    car.addresses = ["192.168.1.10"]  # the home's own: it is not given, and not asked for over and over
    assert it.due()
    await it.renew()
    assert it.names() == ["car.wayhome.local", "car.home.example.org"] and not it.due()
    car.addresses = ["192.168.8.1", "192.168.1.10"]
    assert it.due()
    await it.renew()
    assert "192.168.8.1" in it.names()
    car.by = "taken out and in again"
    assert it.due()
    await it.renew()
    assert not it.due()
    car.joins(await home())
    assert it.due()
    await it.renew()
    assert it.authority == car.authority.certificate.public_bytes(Encoding.PEM).decode() and not it.due()


async def test_a_car_whose_clock_is_behind_does_not_ask_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is given begins in its future, so another one seems due at once, and would not be better."""
    monkeypatch.setattr(joined_certificate, "LOOK", 0.001)
    monkeypatch.setattr(joined_certificate, "PAUSE", 0.001)
    home_clock, clock = Clock(), Clock()
    clock.time -= 5 * 86_400
    car = Car(await home(home_clock), clock)
    it = car.starts()
    task = asyncio.create_task(it.run())
    async with asyncio.timeout(20):
        while not it.names():
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    assert len(car.asked) == 1 and it.due()
    task.cancel()
    # Once the clock is right, what it has is good.
    clock.time = home_clock.time
    assert it.names() and not it.due()


async def test_the_key_never_leaves_the_car_and_goes_with_the_household() -> None:
    car = Car(await home())
    it = car.starts()
    await seen_to(it)
    kept = msgspec.msgpack.decode(car.vault.kept[joined_certificate.VAULT], type=joined_certificate.Kept)
    assert "PRIVATE" in kept.pair.key.decode() and not [one for one in car.asked if "PRIVATE" in one]
    assert "PRIVATE" not in repr(kept)
    await it.forget()
    assert it.names() == [] and joined_certificate.VAULT not in car.vault.kept
    car.vault.kept[joined_certificate.VAULT] = b"broken"
    await it.open()
    assert it.names() == [] and it.due()


async def test_what_somebody_else_gives_is_not_taken() -> None:
    car = Car(await home())
    it = car.starts()
    await seen_to(it)
    before = it.until()
    other = await home()

    async def lies(request: str) -> bytes:
        return grant(other, "car", request, BASES, OWN).chain

    request: Callable[[str], Awaitable[bytes]] = lies
    car.reach.request = request
    with pytest.raises(BadInput):
        await it.renew()
    assert it.until() == before and it.names()
