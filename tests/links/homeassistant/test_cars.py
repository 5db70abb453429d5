"""Cars that a real Home Assistant knows: found, mapped, confirmed, driven from VSS."""

from __future__ import annotations

import pytest

from tests.links.homeassistant.host import Host, running
from tests.peers.homeassistant import HomeAssistant
from wayhome.errors import BadInput, Refused
from wayhome.links.homeassistant import wire_car as v
from wayhome.links.homeassistant.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]

DRIVER = "Vehicle.Cabin.Door.Row1.DriverSide.IsLocked"


async def test_a_car_is_found_confirmed_and_obeys(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    async with running(host, Settings(homeassistant.url)) as run:
        found = run.suggest()
        assert [one.car.name for one in found] == ["Family car"]
        car = found[0].car
        assert "family-car-battery" in host.things()
    for proposal in found[0].proposals:
        print(proposal)
    host.is_ready.clear()
    settings = Settings(homeassistant.url, cars=(car,), ids={str(k): str(w) for k, w in host.config["ids"].items()})
    async with running(host, settings) as run:
        assert not host.refused
        thing = host.things()["family-car"]
        assert (thing.kind, thing.maker, thing.model) == ("car", "Wayhome tests", "SU7")
        assert run.suggest() == []
        # What went into the car is no thing of its own any more; the rest stays.
        left = {id for id in host.things() if id.startswith("family-car")}
        assert left == {
            "family-car",
            "family-car-flash-lights",
            "family-car-charging-power",
            "family-car-charge-port-door",
        }
        at = "family-car/"
        assert host.value(at + v.CHARGE_LEVEL) == 72.0
        assert host.value(at + v.RANGE) == 310_000
        assert host.value(at + v.DISTANCE) == 18_250_000
        assert host.value(at + v.PLUG) is True and host.value(at + v.CHARGING) is False
        assert host.value(at + v.CHARGE_LIMIT) == 80
        assert host.value(at + v.TYRES[0]) == 260
        assert host.value(at + v.LATITUDE) == pytest.approx(52.5163)
        assert host.value(at + v.INSIDE) == 12.5 and host.value(at + v.OUTSIDE) == 6.0
        assert host.value(at + DRIVER) is True and host.value(at + v.CLIMATE) is False
        await host.fulfilled(run, at + DRIVER, False)
        assert homeassistant.state("lock.family_car_doors")["state"] == "unlocked"
        await host.fulfilled(run, at + DRIVER, True)
        await host.fulfilled(run, at + v.CLIMATE, True)
        await host.fulfilled(run, at + v.TARGET, 22.5)
        await host.fulfilled(run, at + v.CLIMATE, False)
        await host.fulfilled(run, at + v.CHARGE_LIMIT, 70)
        await host.ask(run, at + v.START_STOP, "START")
        await host.until(lambda: host.value(at + v.CHARGING) is True)
        await host.ask(run, at + v.START_STOP, "STOP")
        await host.until(lambda: host.value(at + v.CHARGING) is False)
        with pytest.raises(BadInput):
            await host.ask(run, at + v.RANGE, 1)
        homeassistant.service("testcar", "report", refuse=True)
        with pytest.raises(Refused, match="the car said no"):
            await host.ask(run, at + DRIVER, False)
        homeassistant.service("testcar", "report", refuse=False)
        homeassistant.service("testcar", "report", awake=False)
        await host.until(lambda: host.answers["family-car"] is False)
        homeassistant.service("testcar", "report", awake=True, battery=55)
        await host.until(lambda: host.value(at + v.CHARGE_LEVEL) == 55.0)
        assert host.answers["family-car"]
        homeassistant.service("testcar", "report", battery=72)
    # The mapping is taken back: the entities are things again, the car is gone.
    host.is_ready.clear()
    async with running(host, Settings(homeassistant.url)):
        assert "family-car" not in host.things() and "family-car-battery" in host.things()
