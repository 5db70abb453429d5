"""Letting devices in: both directions, and those who try to slip in."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.features.people.house import FAR, THIEF, World, actor
from wayhome.errors import BadInput, Conflict, HubError, Locked, NotAllowed, NotFound, TooMany
from wayhome.features.people import pairing, tokens
from wayhome.features.people.joining import Offer
from wayhome.features.people.model import Arrival, Entered, PublicKeys, Terms, Visitor
from wayhome.features.people.pairing import Ask, Invitation, Pairings
from wayhome.sealing import keys, signs

pytestmark = pytest.mark.anyio
TABLET = Arrival("Tablet in the kitchen", "tablet")
MINE = Terms("mei", "member")


@pytest.fixture
def world() -> World:
    return World()


async def asked(world: World, visitor: Visitor = FAR) -> Offer:
    return await world.door.joining.ask(visitor, TABLET)


async def confirm(world: World, owner: Entered, offer: Offer, terms: Terms = MINE, signs: str | None = None) -> Ask:
    assert offer.signs is not None
    return await world.door.joining.confirm(
        actor(owner), owner.device.id, offer.code, signs or offer.signs, terms, world.context()
    )


async def poll(world: World, offer: Offer) -> Entered | None:
    assert offer.key is not None
    return await world.door.joining.poll(FAR, offer.key)


async def test_a_new_device_asks_and_is_let_in(world: World) -> None:
    mei = await world.found()
    offer = await asked(world)
    assert await poll(world, offer) is None
    seen = await world.door.joining.look(actor(mei), mei.device.id, offer.code.lower())
    assert (seen.name, seen.kind, seen.signs) == (TABLET.name, "tablet", offer.signs)
    await confirm(world, mei, offer, Terms("mei", "guest", "passenger", "su7"))
    entered = await poll(world, offer)
    assert entered is not None
    identity = world.door.identify(entered.token)
    assert identity is not None
    assert (identity.person, identity.role, identity.seat, identity.car) == ("mei", "guest", "passenger", "su7")
    assert {"PairingConfirmed", "DevicePaired"} <= {event.name for event in world.house.events}
    told = repr(world.house.events) + repr(world.house.all)
    for secret in (offer.key, offer.code, tokens.read_code(offer.code), entered.token):
        assert str(secret) not in told


async def test_with_its_keys_the_signs_come_of_them(world: World) -> None:
    """So that who compares them has compared the keys: the hub can't put others in their place."""
    mei, mine = await world.found(), keys.fresh()
    offer = await world.door.joining.ask(FAR, TABLET, PublicKeys(mine.sign, mine.open))
    assert offer.signs == signs.of_keys(mine.sign, mine.open)
    seen = await world.door.joining.look(actor(mei), mei.device.id, offer.code)
    assert (seen.signs, seen.sign, seen.open) == (offer.signs, mine.sign, mine.open)
    with pytest.raises(Conflict, match="signs differ"):
        await confirm(world, mei, offer, signs=signs.of_keys(keys.fresh().sign, mine.open))
    with pytest.raises(BadInput, match="points"):
        await world.door.joining.ask(FAR, TABLET, PublicKeys(mine.sign, "A" * 87))


async def test_who_asks_too_often_at_once_causes_no_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.found()
    mine, work = keys.fresh(), signs.of_keys
    worked: list[str] = []

    def counted(sign: str, open: str) -> str:
        worked.append(sign)
        return work(sign, open)

    monkeypatch.setattr(signs, "of_keys", counted)
    told = PublicKeys(mine.sign, mine.open)
    asks = (world.door.joining.ask(FAR, TABLET, told) for _ in range(20))
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert sum(isinstance(one, TooMany) for one in answers) == 20 - pairing.OPEN_OF_ADDRESS
    assert len(worked) == pairing.OPEN_OF_ADDRESS


async def test_it_works_once(world: World) -> None:
    mei = await world.found()
    offer = await asked(world)
    await confirm(world, mei, offer)
    with pytest.raises(Conflict):
        await confirm(world, mei, offer)
    assert await poll(world, offer) is not None
    with pytest.raises(NotFound):
        await poll(world, offer)
    with pytest.raises(NotFound):
        await confirm(world, mei, offer)


async def test_it_ends_after_five_minutes(world: World) -> None:
    mei = await world.found()
    offer, late = await asked(world), await asked(world)
    await confirm(world, mei, late)
    world.clock.time += 301
    for call in (confirm(world, mei, offer), poll(world, offer), poll(world, late)):
        with pytest.raises(NotFound):
            await call


async def test_who_looks_at_another_device_lets_nobody_in(world: World) -> None:
    """The thief's device asks at the same time and talks the owner into typing its code."""
    mei = await world.found()
    mine, thief = await asked(world), await asked(world, THIEF)
    assert mine.signs != thief.signs
    with pytest.raises(Conflict):
        await confirm(world, mei, thief, signs=mine.signs)
    with pytest.raises(NotAllowed):
        await poll(world, thief)
    await confirm(world, mei, mine)
    assert await poll(world, mine) is not None


async def test_only_the_asking_device_gets_the_token(world: World) -> None:
    mei = await world.found()
    offer = await asked(world)
    await confirm(world, mei, offer)
    for guess in (offer.code, tokens.read_code(offer.code), "", "wh_x", tokens.digest(offer.key or "")):
        with pytest.raises(NotFound):
            await world.door.joining.poll(THIEF, guess)
    assert await poll(world, offer) is not None


async def test_a_refused_device_stays_out(world: World) -> None:
    mei = await world.found()
    offer = await asked(world)
    await world.door.joining.refuse(actor(mei), mei.device.id, offer.code, world.context())
    with pytest.raises(NotAllowed):
        await poll(world, offer)
    with pytest.raises(NotFound):
        await poll(world, offer)


async def test_five_wrong_codes_lock(world: World) -> None:
    mei = await world.found()
    offer = await asked(world)
    for n in range(5):
        with pytest.raises(NotFound):
            await world.door.joining.look(actor(mei), mei.device.id, f"BCDF{n:04}")
    with pytest.raises(Locked):
        await confirm(world, mei, offer)
    assert len(world.house.told("PairingFailed")) == 1
    world.clock.time += 601
    with pytest.raises(NotFound):
        await world.door.joining.look(actor(mei), mei.device.id, "BCDF2345")


async def test_children_and_guests_let_nobody_in(world: World) -> None:
    mei = await world.found()
    offer = await asked(world)
    for role in ("child", "guest"):
        person = await world.person(mei, role.title(), role)
        child = msgspec.structs.replace(actor(mei), role=role, person=person)
        for call in (
            world.door.joining.look(child, "d", offer.code),
            world.door.joining.confirm(
                child, "d", offer.code, offer.signs or "", Terms(person, "guest"), world.context()
            ),
            world.door.joining.invite(child, "d", Terms(person, "guest"), "https://x", world.context()),
        ):
            with pytest.raises(NotAllowed):
                await call


async def test_a_member_lets_in_their_own_devices_only(world: World) -> None:
    mei = await world.found()
    jun = await world.person(mei, "Jun", "member")
    member = msgspec.structs.replace(actor(mei), role="member", person=jun)
    for terms in (Terms("mei", "member"), Terms(jun, "owner")):
        with pytest.raises(NotAllowed):
            await world.door.joining.invite(member, "d", terms, "https://x", world.context())
    assert await world.door.joining.invite(member, "d", Terms(jun, "member"), "https://x", world.context())


async def test_the_person_is_looked_up_again_at_the_end(world: World) -> None:
    mei = await world.found()
    jun = await world.person(mei, "Jun", "member")
    offer = await asked(world)
    await confirm(world, mei, offer, Terms(jun, "member"))
    await world.door.members.change(actor(mei), jun, {"role": "guest"}, world.context())
    entered = await poll(world, offer)
    assert entered is not None and entered.device.role == "guest"
    gone = await asked(world)
    await confirm(world, mei, gone, Terms(jun, "guest"))
    await world.door.members.remove(actor(mei), jun, world.context())
    with pytest.raises(NotFound):
        await poll(world, gone)


async def test_what_a_revoked_device_began_does_not_count(world: World) -> None:
    mei = await world.found()
    stolen = await world.door.sign_in.password(FAR, Arrival("Old phone", "phone"), "mei", "lantern orbit tulip gravel")
    offer = await asked(world)
    await confirm(world, stolen, offer)
    invitation = await world.door.joining.invite(actor(stolen), stolen.device.id, MINE, "https://x", world.context())
    await world.door.revoke(actor(mei), stolen.device.id, world.context())
    assert world.door.identify(stolen.token) is None
    with pytest.raises(NotFound):
        await poll(world, offer)
    with pytest.raises(NotFound):
        await world.door.joining.accept(FAR, TABLET, key=invitation.link.partition("=")[2])


async def test_somebody_elses_device_cant_be_revoked(world: World) -> None:
    mei = await world.found()
    jun = await world.person(mei, "Jun", "member")
    member = msgspec.structs.replace(actor(mei), role="member", person=jun)
    for id in (mei.device.id, "no-such-device"):
        with pytest.raises(NotFound) as error:
            await world.door.revoke(member, id, world.context())
        assert id[:10] in error.value.detail and "Firefox" not in error.value.detail
    assert world.door.identify(mei.token) is not None


# Invitations


async def test_an_invitation_by_link(world: World) -> None:
    mei = await world.found()
    kid = await world.person(mei, "Kid", "child")
    offer = await world.door.joining.invite(
        actor(mei), mei.device.id, Terms(kid, "child"), "https://wayhome.local:8300", world.context()
    )
    link, _, key = offer.link.partition("#invite=")
    assert link == "https://wayhome.local:8300/" and len(key) > 40
    entered = await world.door.joining.accept(FAR, TABLET, key=key)
    identity = world.door.identify(entered.token)
    assert identity is not None and identity.role == "child" and identity.person == kid
    with pytest.raises(NotFound):
        await world.door.joining.accept(THIEF, TABLET, key=key)
    with pytest.raises(NotFound):
        await world.door.joining.accept(THIEF, TABLET, code=offer.code)


async def test_an_invitation_by_code_and_brute_force(world: World) -> None:
    mei = await world.found()
    offer = await world.door.joining.invite(actor(mei), mei.device.id, MINE, "https://x", world.context())
    outcomes = []
    for n in range(100):
        try:
            await world.door.joining.accept(THIEF, TABLET, code=f"BCDF{n:04}")
        except HubError as error:
            outcomes.append(type(error))
    assert outcomes.count(NotFound) == 5 and outcomes.count(Locked) == 95
    for n in range(100):
        with pytest.raises(HubError):
            elsewhere = msgspec.structs.replace(THIEF, address=f"192.168.2.{n}")
            await world.door.joining.accept(elsewhere, TABLET, code=f"BCDG{n:04}")
    with pytest.raises(Locked):
        await world.door.joining.accept(FAR, TABLET, code=offer.code)
    assert await world.door.joining.accept(FAR, TABLET, key=offer.link.partition("=")[2]), "the link still works"


async def test_floods_are_bounded(world: World) -> None:
    await world.found()
    for _ in range(pairing.OPEN_OF_ADDRESS):
        await asked(world)
    with pytest.raises(TooMany):
        await asked(world)
    with pytest.raises(TooMany):
        for n in range(pairing.OPEN + 1):
            await asked(world, msgspec.structs.replace(FAR, address=f"192.168.3.{n}"))
    world.clock.time += 301
    assert await asked(world)


@given(st.binary(min_size=1, max_size=8))
def test_codes_are_read_as_people_type_them(seed: bytes) -> None:
    code = tokens.code(seed)
    assert len(code) == 8 and set(code) <= set(tokens.ALPHABET)
    assert not set(code) & set("01OIAEU")
    for typed in (code, code.lower(), f" {code[:4]} - {code[4:]} ", tokens.shown_code(code)):
        assert tokens.read_code(typed) == code


class Machine(RuleBasedStateMachine):
    """Whatever happens in whatever order: nobody is let in whom nobody confirmed or invited, and nobody twice."""

    def __init__(self) -> None:
        super().__init__()
        self.machine = Pairings()
        self.now = 0.0
        self.count = 0
        self.asks: list[Ask] = []
        self.invited: list[Invitation] = []
        self.confirmed: set[str] = set()
        self.let_in: list[str] = []

    def _try(self, call: Any) -> Any:
        try:
            return call()
        except HubError:
            return None

    @rule()
    def ask(self) -> None:
        self.count += 1
        key, code = f"key{self.count}", tokens.code(str(self.count).encode())
        ask = Ask(f"ask{self.count}", code, key, "x", "phone", f"signs{self.count % 3}", "10.0.0.1", self.now + 300)
        self._try(lambda: self.machine.ask(ask, self.now))
        self.asks.append(ask)

    @rule()
    def invite(self) -> None:
        self.count += 1
        code = tokens.code(str(self.count).encode())
        one = Invitation(f"inv{self.count}", code, f"key{self.count}", MINE, "d", self.now + 300)
        self._try(lambda: self.machine.invite(one, self.now))
        self.invited.append(one)

    @rule(pick=st.integers(0, 30), signs=st.integers(0, 2), by=st.sampled_from(["d", "e"]))
    def confirm(self, pick: int, signs: int, by: str) -> None:
        if self.asks:
            one = self.asks[pick % len(self.asks)]
            if self._try(lambda: self.machine.confirm(one.code, f"signs{signs}", MINE, by, self.now)):
                assert one.signs == f"signs{signs}" and self.now < one.until
                self.confirmed.add(one.id)

    @rule(pick=st.integers(0, 30))
    def poll(self, pick: int) -> None:
        if self.asks:
            one = self.asks[pick % len(self.asks)]
            found = self._try(lambda: self.machine.poll(one.key, self.now))
            if found is not None and found.state == "confirmed":
                assert one.id in self.confirmed
                self.let_in.append(one.id)

    @rule(pick=st.integers(0, 30), by_code=st.booleans())
    def accept(self, pick: int, by_code: bool) -> None:
        if self.invited:
            one = self.invited[pick % len(self.invited)]
            how = {"code": one.code} if by_code else {"key": one.key}
            found = self._try(lambda: self.machine.accept(self.now, "10.0.0.2", **how))
            if found is not None:
                assert self.now < one.until
                self.let_in.append(found.id)

    @rule(seconds=st.sampled_from([1.0, 100.0, 301.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def nobody_twice(self) -> None:
        assert len(set(self.let_in)) == len(self.let_in)


TestMachine = Machine.TestCase
