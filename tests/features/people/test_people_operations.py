"""The people feature on a running hub: what each role may call, and that changes count on open sessions at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from tests.features.people.house import FAR, GOOD, NEAR
from tests.world import World, lamp
from wayhome.errors import BadInput, Conflict, FreshSignInNeeded, HubError, NotAllowed, NotFound, SignInNeeded
from wayhome.features.people import Door, feature
from wayhome.features.people.model import Arrival, Entered
from wayhome.features.people.sign_in import Proof
from wayhome.hub.session import Session

pytestmark = pytest.mark.anyio
PHONE = Arrival("Phone", "phone")


class House:
    """A running hub with a lamp, a door, and Mei who owns it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hub = world.hub
        self.door = Door(self.hub.household, world.vault, world.clock, world.ids, self.hub.soon_run)
        self.door.address = "https://wayhome.local:8300"
        self.hub.extra["people"] = self.door
        self.mei: Session

    async def open(self) -> None:
        await self.door.open()
        entered = await self.door.founding.owner(NEAR, Arrival("Laptop"), "Mei", None, Proof(password=GOOD), "Linden 7")
        self.mei = self.session(entered)
        self.world.puppet.host.announce([lamp()])

    def session(self, entered: Entered) -> Session:
        identity = self.door.identify(entered.token)
        assert identity is not None
        return self.hub.open_session(identity)

    async def invited(self, role: str, name: str) -> tuple[Entered, Session]:
        """Somebody new, by a QR code that Mei shows them."""
        person = await self.mei.call("people.add", {"name": name, "role": role})
        shown = await self.mei.call("people.pair_start", {"person": person.id})
        assert shown.link.startswith("https://wayhome.local:8300/#invite=") and shown.qr.startswith("<svg")
        entered = await self.door.joining.accept(FAR, PHONE, key=shown.link.partition("=")[2])
        return entered, self.session(entered)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with World(features={"people": feature}) as world:
        made = House(world)
        await made.open()
        yield made


async def test_people_stand_in_one_order_the_grown_ups_first(house: House) -> None:
    for role, name in (("guest", "Ada"), ("child", "zoe"), ("member", "Otto"), ("member", "anna")):
        await house.mei.call("people.add", {"name": name, "role": role})
    listed = await house.mei.call("people.list", {})
    assert [person.name for person in listed.people] == ["Mei", "anna", "Otto", "zoe", "Ada"]


async def test_me(house: House) -> None:
    me = await house.mei.call("people.me")
    assert (me.actor, me.role, me.name) == ("person:mei", "owner", "Mei")
    assert me.fresh and me.password and me.passkeys == []
    _, child = await house.invited("child", "Kid")
    assert (await child.call("people.me")).role == "child"


async def test_a_new_device_is_let_in_by_its_code(house: House) -> None:
    offer = await house.door.joining.ask(FAR, Arrival("Tablet", "tablet"))
    seen = await house.mei.call("people.pair_look", {"code": offer.code})
    assert (seen.name, seen.kind, seen.signs) == ("Tablet", "tablet", offer.signs)
    data = {"code": offer.code, "signs": seen.signs, "role": "guest", "seat": "driver", "car": "su7"}
    await house.mei.call("people.pair_confirm", data)
    entered = await house.door.joining.poll(FAR, offer.key or "")
    assert entered is not None
    tablet = house.session(entered)
    assert (tablet.identity.role, tablet.identity.seat, tablet.identity.car) == ("guest", "driver", "su7")
    devices = (await house.mei.call("people.devices")).devices
    assert [(d.name, d.role, d.this) for d in sorted(devices, key=lambda d: d.name)] == [
        ("Laptop", "owner", True),
        ("Tablet", "guest", False),
    ]


async def test_a_revoked_device_is_out_at_once(house: House) -> None:
    entered, phone = await house.invited("member", "Jun")
    closed: list[str] = []
    phone.on_change = lambda: closed.append(phone.closed or "")
    await house.mei.call("people.revoke", {"device": entered.device.id})
    assert closed and phone.closed is not None
    with pytest.raises(SignInNeeded):
        await phone.call("people.me")
    assert house.door.identify(entered.token) is None


async def test_a_grant_counts_on_open_sessions_and_so_does_taking_it(house: House) -> None:
    _, guest = await house.invited("guest", "Ann")
    assert not guest.may("act", "lamp/light.on")
    given = await house.mei.call("people.grant", {"sentence": "act lamp/light.**", "to": "person:ann"})
    assert guest.may("act", "lamp/light.on")
    assert [g.sentence for g in (await house.mei.call("people.grants")).grants] == ["act lamp/light.**"]
    await house.mei.call("people.ungrant", {"grant": given.id})
    assert not guest.may("act", "lamp/light.on")
    for wrong in ("act lamp/light.on sometimes", "fly lamp/light.on", "act lamp"):
        with pytest.raises(BadInput):
            await house.mei.call("people.grant", {"sentence": wrong, "to": "person:ann"})
    with pytest.raises(BadInput):
        await house.mei.call("people.grant", {"sentence": "act lamp/light.on", "to": "person:nobody"})


async def test_a_role_counts_on_open_sessions(house: House) -> None:
    _, jun = await house.invited("member", "Jun")
    assert jun.may("act", "lamp/light.on")
    await house.mei.call("people.change", {"person": "jun", "role": "guest"})
    assert not jun.may("act", "lamp/light.on") and jun.identity.role == "guest"
    await house.mei.call("people.remove", {"person": "jun"})
    assert jun.closed is not None


async def test_a_device_for_a_limited_time_is_out_when_it_is_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.features.people.door.SWEEP", 0.01)
    until = house.world.clock.now() + 3_600
    shown = await house.mei.call("people.pair_start", {"until": until, "role": "guest"})
    entered = await house.door.joining.accept(FAR, PHONE, key=shown.link.partition("=")[2])
    session = house.session(entered)
    house.hub.soon_run(house.door.run())
    await asyncio.sleep(0.05)
    assert session.closed is None
    house.world.clock.move(3_601)
    async with asyncio.timeout(20):
        while session.closed is None:
            await asyncio.sleep(0.01)
    with pytest.raises(BadInput):
        house.world.clock.move(-3_601)
        await house.mei.call("people.pair_start", {"until": 1.0})


OWNERS_ONLY: dict[str, dict[str, Any]] = {
    "people.add": {"name": "Thief", "role": "owner"},
    "people.remove": {"person": "mei"},
    "people.change": {"person": "mei", "role": "guest"},
    "people.grant": {"sentence": "act @op/links.add", "to": "person:kid"},
}


@pytest.mark.parametrize("role", ["member", "child", "guest"])
@pytest.mark.parametrize("name", OWNERS_ONLY)
async def test_what_only_owners_do(house: House, role: str, name: str) -> None:
    await house.mei.call("people.add", {"name": "Kid", "role": "child"})
    _, other = await house.invited(role, "Other")
    with pytest.raises((NotAllowed, NotFound)):
        await other.call(name, OWNERS_ONLY[name])


@pytest.mark.parametrize("role", ["child", "guest"])
async def test_children_and_guests_let_nobody_in_and_see_little(house: House, role: str) -> None:
    entered, other = await house.invited(role, "Other")
    for name, data in (("people.pair_start", {}), ("people.pair_look", {"code": "BCDF-2345"}), ("people.grants", {})):
        with pytest.raises(NotAllowed):
            await other.call(name, data)
    assert not other.may("read", "@device/" + entered.device.id)


async def test_a_member_can_neither_see_nor_revoke_other_peoples_devices(house: House) -> None:
    entered, jun = await house.invited("member", "Jun")
    assert [device.id for device in (await jun.call("people.devices")).devices] == [entered.device.id]
    with pytest.raises(NotFound):
        await jun.call("people.revoke", {"device": house.mei.identity.device})
    await jun.call("people.revoke", {"device": entered.device.id})
    assert jun.closed is not None


async def test_dangerous_things_ask_for_a_fresh_sign_in(house: House) -> None:
    house.world.clock.move(301)
    for name, data in [*OWNERS_ONLY.items(), ("people.pair_start", {}), ("people.password", {"password": GOOD + "!"})]:
        with pytest.raises(FreshSignInNeeded):
            await house.mei.call(name, data)
    again = await house.door.sign_in.password(FAR, PHONE, "mei", GOOD)
    assert (await house.session(again).call("people.me")).fresh


async def test_no_secret_is_in_any_record_event_or_row(house: House) -> None:
    entered, _ = await house.invited("member", "Jun")
    shown = house.mei.read(["@**", "**"])
    assert "@device/" + entered.device.id in shown, "an owner does see the devices"
    everything = repr(shown) + repr(house.world.store.disk)
    hashes = [await house.world.vault.secret(name) for name in await house.world.vault.names()]
    assert hashes
    for secret in (entered.token, GOOD, "argon2", *(h.decode() for h in hashes if h is not None)):
        assert secret not in everything


async def test_everything_that_happened_is_told(house: House) -> None:
    entered, _ = await house.invited("member", "Jun")
    await house.mei.call("people.revoke", {"device": entered.device.id})
    await house.mei.call("people.password", {"password": "another lantern orbit tulip"})
    told = [row.row for row in await house.world.store.log(kinds=["event"])]
    names = [row.event.name for row in told if hasattr(row, "event")]
    expected = {"HouseholdFounded", "SignedIn", "PersonAdded", "DeviceInvited", "DevicePaired", "DeviceRevoked"}
    assert expected | {"PasswordChanged"} <= set(names)


async def test_programs_are_nobody_among_people(house: House) -> None:
    from wayhome.hub.session import Identity

    local = house.hub.open_session(Identity("local:cli", "owner", signed_in_at=house.world.clock.now()))
    assert (await local.call("people.me")).person is None
    with pytest.raises(NotAllowed):
        await local.call("people.password", {"password": GOOD})
    with pytest.raises(BadInput):
        await local.call("people.pair_start", {})
    assert (await local.call("people.pair_start", {"person": "mei"})).code


NONSENSE: list[Any] = [
    None, {}, [], "x", 7, {"person": 7}, {"x": 1}, {"code": "\x00" * 50, "signs": ""}, {"device": "../.."},
    {"name": "\u202e", "role": "owner"}, {"sentence": "act " + "*" * 400, "to": "person:mei"}, {"until": 1e400},
]  # fmt: skip


async def test_nonsense_gets_a_clear_error(house: House) -> None:
    for operation in feature.operations:
        for data in NONSENSE:
            try:
                await house.mei.call(operation.name, data)
            except HubError as error:
                assert error.status < 500 and error.detail and error.hint
    assert (await house.mei.call("people.me")).role == "owner"


async def test_every_operation_has_words_and_a_schema(house: House) -> None:
    for operation in feature.operations:
        assert operation.summary.endswith((".", ":")) and msgspec.json.schema(operation.input)


async def test_two_owners_who_remove_each_other_leave_one(house: House) -> None:
    _, jun = await house.invited("owner", "Jun")
    both = await asyncio.gather(
        house.mei.call("people.remove", {"person": "jun"}),
        jun.call("people.remove", {"person": "mei"}),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, HubError) for answer in both) == 1
    assert house.door.founding.done()


async def test_what_a_removed_owner_left_behind_is_worth_nothing(house: House) -> None:
    _, ben = await house.invited("owner", "Ben")
    shown = await ben.call("people.pair_start", {"person": "mei"})
    await house.mei.call("people.remove", {"person": "ben"})
    with pytest.raises((NotAllowed, NotFound)):
        await house.door.joining.accept(FAR, PHONE, key=shown.link.partition("=")[2])
    operation = house.hub.operations.find("people.grant")
    with pytest.raises(SignInNeeded):
        ben.recheck(operation)  # what a request does whose body came after its head was let in


async def test_somebody_new_has_no_id_of_somebody_who_was_there(house: House) -> None:
    """What names a person by it, as whose a phone is, would be theirs."""
    await house.mei.call("people.add", {"name": "Jun", "role": "member"})
    await house.mei.call("people.remove", {"person": "jun"})
    again = await house.mei.call("people.add", {"name": "Jun", "role": "member"})
    assert again.id == "jun-2"


async def test_nobody_takes_the_name_of_another(house: House) -> None:
    _, kid = await house.invited("child", "Kid")
    for name in ("Mei", " mEI ", "mei"):
        with pytest.raises(Conflict):
            await kid.call("people.change", {"person": "kid", "name": name})
        with pytest.raises(Conflict):
            await house.mei.call("people.add", {"name": name, "role": "guest"})
    assert (await house.door.sign_in.password(FAR, PHONE, "mei", GOOD)).person.id == "mei"


async def test_a_member_keeps_nothing_by_a_grant_to_themselves(house: House) -> None:
    _, jun = await house.invited("member", "Jun")
    with pytest.raises(NotAllowed):
        await jun.call("people.grant", {"sentence": "act **", "to": "person:jun"})


async def test_somebody_new_does_not_come_in_by_an_old_password(house: House) -> None:
    await house.door.credentials.keep_password("leo", "an old hash")
    await house.mei.call("people.add", {"name": "Leo", "role": "member"})
    assert await house.door.credentials.password("leo") is None
