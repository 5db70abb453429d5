"""Coming in by passkey, and those who should not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.features.people.authenticator import UP, Authenticator, b64, raw
from tests.features.people.house import FAR, NEAR, THIEF, World
from wayhome.errors import BadInput, Conflict, HubError, SignInNeeded, TooMany
from wayhome.features.people.model import Arrival, Visitor
from wayhome.features.people.sign_in import Proof

pytestmark = pytest.mark.anyio
PHONE = Arrival("Chrome on Android", "phone")


@pytest.fixture
def world() -> World:
    return World()


async def founded_with_passkey(world: World) -> Authenticator:
    await world.door.open()
    begun = await world.door.founding.options(FAR, "Mei", world.door.setup_code)
    key = Authenticator(FAR.origin)
    proof = Proof(ceremony=begun["ceremony"], credential=key.create(begun["options"]))  # type: ignore[arg-type]
    entered = await world.door.founding.owner(FAR, PHONE, "Mei", world.door.setup_code, proof)
    assert world.door.identify(entered.token) is not None
    return key


def begin(world: World, visitor: Visitor = FAR) -> tuple[str, dict[str, Any]]:
    begun: Any = world.door.sign_in.passkey_options(visitor)
    return begun["ceremony"], begun["options"]


async def test_a_passkey_founds_and_signs_in(world: World) -> None:
    key = await founded_with_passkey(world)
    ceremony, options = begin(world)
    assert "allowCredentials" not in options or options["allowCredentials"] == [], "nobody's keys are told"
    assert options["userVerification"] == "required" and options["rpId"] == "wayhome.local"
    entered = await world.door.sign_in.passkey(FAR, PHONE, Proof(ceremony=ceremony, credential=key.get(options)))
    assert entered.person.id == "mei"
    assert (await world.door.credentials.passkeys("mei"))[0].count == 1


async def test_several_passkeys_and_not_the_last_one_away(world: World) -> None:
    key = await founded_with_passkey(world)
    person = world.door.sign_in.people()["mei"]
    second = Authenticator(FAR.origin)
    begun: Any = await world.door.sign_in.new_passkey_options(FAR, person)
    assert begun["options"]["excludeCredentials"][0]["id"] == b64(key.id)
    proof = Proof(ceremony=begun["ceremony"], credential=second.create(begun["options"]))
    await world.door.sign_in.add_passkey(FAR, person, "Laptop", proof, world.context())
    for one in (key, second):
        ceremony, options = begin(world)
        await world.door.sign_in.passkey(FAR, PHONE, Proof(ceremony=ceremony, credential=one.get(options)))
    from wayhome.features.people.credentials import short_id

    keys = await world.door.credentials.passkeys("mei")
    await world.door.credentials.remove_passkey("mei", short_id(keys[0]))
    with pytest.raises(Conflict):
        await world.door.credentials.remove_passkey("mei", short_id(keys[1]))


async def test_an_answer_counts_once(world: World) -> None:
    key = await founded_with_passkey(world)
    ceremony, options = begin(world)
    proof = Proof(ceremony=ceremony, credential=key.get(options))
    await world.door.sign_in.passkey(FAR, PHONE, proof)
    with pytest.raises(SignInNeeded):
        await world.door.sign_in.passkey(FAR, PHONE, proof)


async def test_a_challenge_ends(world: World) -> None:
    key = await founded_with_passkey(world)
    ceremony, options = begin(world)
    world.clock.time += 301
    with pytest.raises(SignInNeeded):
        await world.door.sign_in.passkey(FAR, PHONE, Proof(ceremony=ceremony, credential=key.get(options)))


def _tampered(part: str) -> Any:
    def change(answer: dict[str, Any]) -> None:
        bent = bytearray(raw(answer["response"][part]))
        bent[-1] ^= 1
        answer["response"][part] = b64(bytes(bent))

    return change


ATTACKS: dict[str, Any] = {
    "signature": _tampered("signature"),
    "authenticator data": _tampered("authenticatorData"),
    "client data": _tampered("clientDataJSON"),
    "another person's handle": lambda answer: answer["response"].update(userHandle=b64(b"somebody else" * 2)),
    "an unknown key": lambda answer: answer.update(id=b64(b"x" * 32), rawId=b64(b"x" * 32)),
    "no response": lambda answer: answer.update(response={}),
    "no id": lambda answer: answer.pop("id"),
    "numbers": lambda answer: answer.update(response=7),
    "lists": lambda answer: answer["response"].update(signature=[1, 2], clientDataJSON=[[]]),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_a_tampered_answer_is_refused(world: World, attack: str) -> None:
    key = await founded_with_passkey(world)
    ceremony, options = begin(world)
    answer = key.get(options)
    ATTACKS[attack](answer)
    with pytest.raises(HubError) as error:
        await world.door.sign_in.passkey(FAR, PHONE, Proof(ceremony=ceremony, credential=answer))
    assert error.value.status in (400, 401)
    assert world.house.told("SignInFailed")


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://wayhome.local.evil.example"},
        {"origin": "http://wayhome.local:8300"},
        {"flags": UP},  # downgrade: present, but not verified
        {"flags": 0},
        {"count": -1},  # a clone that is behind
        {"extra": {"crossOrigin": True}},
        {"extra": {"type": "webauthn.create"}},
        {"extra": {"challenge": b64(b"another challenge")}},
    ],
    ids=str,
)
async def test_a_wrong_page_or_a_weaker_proof_is_refused(world: World, change: dict[str, Any]) -> None:
    key = await founded_with_passkey(world)
    ceremony, options = begin(world)
    await world.door.sign_in.passkey(FAR, PHONE, Proof(ceremony=ceremony, credential=key.get(options)))
    for name, value in change.items():
        setattr(key, name, value)
    ceremony, options = begin(world)
    with pytest.raises(SignInNeeded):
        await world.door.sign_in.passkey(FAR, PHONE, Proof(ceremony=ceremony, credential=key.get(options)))


async def test_a_key_of_another_host_is_refused(world: World) -> None:
    key = await founded_with_passkey(world)
    ceremony, options = begin(world)
    with pytest.raises(SignInNeeded):
        answer = key.get(options, rp="evil.example")
        await world.door.sign_in.passkey(FAR, PHONE, Proof(ceremony=ceremony, credential=answer))


async def test_an_answer_to_another_ceremony_is_refused(world: World) -> None:
    key = await founded_with_passkey(world)
    person = world.door.sign_in.people()["mei"]
    begun: Any = await world.door.sign_in.new_passkey_options(FAR, person)
    proof = Proof(
        ceremony=begun["ceremony"],
        credential=key.get({"challenge": begun["options"]["challenge"], "rpId": "wayhome.local"}),
    )
    with pytest.raises(SignInNeeded):
        await world.door.sign_in.passkey(FAR, PHONE, proof)
    ceremony, options = begin(world)
    other = msgspec.structs.replace(FAR, origin="https://other.local", host="other.local")
    with pytest.raises(SignInNeeded):
        await world.door.sign_in.passkey(other, PHONE, Proof(ceremony=ceremony, credential=key.get(options)))


async def test_somebody_elses_begun_passkey_is_not_mine(world: World) -> None:
    await founded_with_passkey(world)
    mei = world.door.sign_in.people()["mei"]
    begun: Any = await world.door.sign_in.new_passkey_options(FAR, mei)
    thief = msgspec.structs.replace(mei, id="thief")
    proof = Proof(ceremony=begun["ceremony"], credential=Authenticator(FAR.origin).create(begun["options"]))
    with pytest.raises(SignInNeeded):
        await world.door.sign_in.add_passkey(FAR, thief, "x", proof, world.context())


async def test_passkeys_need_https_and_a_name(world: World) -> None:
    await founded_with_passkey(world)
    for visitor in (
        Visitor("192.168.1.20", "https://192.168.1.5:8300", "192.168.1.5", secure=True),
        Visitor("192.168.1.20", "https://[fd00::1]:8300", "[fd00::1]", secure=True),
        Visitor("192.168.1.20", "http://wayhome.local", "wayhome.local"),
    ):
        with pytest.raises(BadInput):
            world.door.sign_in.passkey_options(visitor)
    assert world.door.sign_in.passkey_options(NEAR)


async def test_begun_ceremonies_are_bounded(world: World) -> None:
    await founded_with_passkey(world)
    with pytest.raises(TooMany):
        for _ in range(1_500):
            world.door.sign_in.passkey_options(THIEF)
    world.clock.time += 301
    assert world.door.sign_in.passkey_options(FAR)
