"""Orders: how tests and the demo's hidden page steer the world while it runs."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wayhome.core.value import Value
from wayhome.errors import BadInput
from wayhome.links.sim.car import DRIVE, NEUTRAL, PARK, REVERSE
from wayhome.links.sim.faults import Fault
from wayhome.links.sim.world import SimWorld

GEARS = {"P": PARK, "R": REVERSE, "N": NEUTRAL, "D": DRIVE}
MAX_SKIP = 86_400.0
BONNET = "Trunk.Front"


class Jump(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A position that is wrong by so many ``metres`` to the right, for so many ``seconds``."""

    metres: Annotated[float, Meta(ge=-5000, le=5000)] = 300.0
    seconds: Annotated[float, Meta(gt=0, le=3600)] = 5.0


class Orders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be ordered; each field alone or together, carried out from the first to the last.

    ``clear``: end the fault of a thing (its key), or of all (true). ``outside``: Celsius; null: the weather's own
    again. ``light``: percent that the car's sensor sees; null: the weather's own again. ``wheel``: the side that the
    car's driver sits on. ``time_factor``: simulated seconds in a real one. ``soc``: percent. ``unplug``, ``plug``:
    take the cable out, put one in (``ac`` 11 kW, ``dc`` 150 kW). ``start_drive``: get in and leave. ``on_the_road``:
    be in the middle of a drive at once, at this share (0 to 1) of the round. ``homewards``: the same on the way home,
    on real streets. ``park``: stop and leave the car. ``miss``: it misses its next turn, and finds back later.
    ``stand``: seconds that it is kept from driving. ``gap``: seconds in which it does not know where it is. ``jump``:
    it believes to be elsewhere for a while.
    ``speed``: km/h, held until told otherwise; null: let it go on by itself. ``gear``: P, R, N, D. ``doors``: of the
    car, open or not, by place; ``Trunk.Front`` is its bonnet. ``windows``: of the home, open or not, by key. ``ring``:
    somebody rings the bell. ``tyre``: the front left one's filling in kPa. ``fault``: one fault, or several. ``link``:
    let the whole link fail: ``drop`` (connection lost) or ``auth`` (sign-in no longer taken), and until ``clear``:
    ``away`` (not to be reached), ``sleep``, ``refuse``, ``crash``. ``skip``: seconds to let pass at once.
    """

    clear: bool | str = False
    outside: Annotated[float, Meta(ge=-40, le=50)] | UnsetType | None = UNSET
    light: Annotated[float, Meta(ge=0, le=100)] | UnsetType | None = UNSET
    wheel: Literal["left", "right"] | UnsetType = UNSET
    time_factor: Annotated[float, Meta(gt=0, le=600)] | UnsetType = UNSET
    soc: Annotated[float, Meta(ge=0, le=100)] | UnsetType = UNSET
    unplug: bool = False
    plug: Literal["ac", "dc"] | None = None
    start_drive: bool = False
    on_the_road: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    homewards: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    park: bool = False
    miss: bool = False
    stand: Annotated[float, Meta(ge=0, le=3600)] = 0.0
    gap: Annotated[float, Meta(ge=0, le=3600)] = 0.0
    jump: Jump | None = None
    speed: Annotated[float, Meta(ge=0, le=250)] | UnsetType | None = UNSET
    gear: Literal["P", "R", "N", "D"] | UnsetType = UNSET
    doors: dict[str, bool] = {}
    windows: dict[str, bool] = {}
    ring: bool = False
    tyre: Annotated[float, Meta(ge=0, le=400)] | UnsetType = UNSET
    fault: Fault | list[Fault] | None = None
    link: Literal["drop", "auth", "away", "sleep", "refuse", "crash"] | None = None
    skip: Annotated[float, Meta(ge=0, le=MAX_SKIP)] = 0.0


def read(orders: dict[str, Value]) -> Orders:
    """The orders out of plain values. Raises BadInput, with what there is, for unknown or impossible ones."""
    try:
        return msgspec.convert(orders, Orders)
    except msgspec.ValidationError as error:
        raise BadInput(
            f"that is no order: {error}", advice=f"There are {', '.join(Orders.__struct_encode_fields__)}."
        ) from error


def carry_out(world: SimWorld, orders: Orders) -> None:
    """Do in the world what was ordered. Raises NotFound, BadInput; then what stood before it is done already."""
    if orders.clear:
        _clear(world, None if orders.clear is True else orders.clear)
    if orders.outside is not UNSET:
        world.weather.fixed = orders.outside
    if orders.gap:
        world.lose(orders.gap)
    if orders.jump is not None:
        world.lose(orders.jump.seconds, orders.jump.metres)
    if orders.light is not UNSET:
        world.weather.fixed_light = orders.light
    if orders.wheel is not UNSET:
        world.car.wheel = orders.wheel
    if orders.soc is not UNSET:
        world.car.pack.soc = orders.soc
    _drive(world, orders)
    for place, open in orders.doors.items():
        _door(world, place, open)
    for key, open in orders.windows.items():
        if key != world.home.window.key:
            raise BadInput(f"there is no window {key[:80]!r}", advice=f"There is {world.home.window.key}.")
        world.home.window.turn(open)
    if orders.ring:
        world.home.doorbell.ring()
    if orders.tyre is not UNSET:
        world.car.tyres.filling["Row1.Wheel.Left"] = orders.tyre
    for fault in [orders.fault] if isinstance(orders.fault, Fault) else orders.fault or ():
        world.device(fault.thing).jammed = fault.kind == "jam"
        world.faults.put(fault, world.now)
    if orders.skip and world.streets is None:
        world.advance(orders.skip)  # on real streets who can ask the map lets time pass


def _door(world: SimWorld, place: str, open: bool) -> None:
    body = world.car.body
    if place == BONNET:
        body.frunk = open
    elif place in body.open:
        body.open[place] = open
    else:
        raise BadInput(f"there is no door {place[:80]!r}", advice=f"There is {', '.join([*body.open, BONNET])}.")


def _clear(world: SimWorld, key: str | None) -> None:
    for device in [world.device(key)] if key is not None else world.devices.values():
        device.jammed = False
        device.hurry(world.now)
    world.faults.clear(key)


def _drive(world: SimWorld, orders: Orders) -> None:
    car, day = world.car, world.day
    if (orders.unplug or orders.plug) and car.speed > 0:
        raise BadInput("the car drives; no cable goes in or out", advice="Order `park` first.")
    if orders.unplug:
        car.plug(None)
    if orders.plug:
        car.plug(orders.plug)
    if orders.start_drive:
        day.leave()
    if orders.on_the_road is not UNSET:
        car.plug(None)
        day.begin(min(orders.on_the_road, 0.99))
    if orders.homewards is not UNSET:
        if world.streets is None:
            raise BadInput("the car drives on no real streets", advice="Add a map of where home is.")
        car.plug(None)
        world.streets.homewards(orders.homewards)
    if orders.park:
        day.park()
    if orders.stand:
        if world.streets is None:
            raise BadInput("the car drives on no real streets", advice="Order `speed` 0 instead.")
        world.streets.standing = orders.stand
    if orders.speed is None:
        day.release()
    elif orders.speed is not UNSET:
        day.steer(orders.speed / 3.6)
    if orders.gear is not UNSET:
        if day.chapter != "steered":
            day.steer(0.0)
        car.gear = GEARS[orders.gear]
