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


WELL: dict[str, object] = {
    "battery": 72, "range": 310, "locked": True, "awake": True, "refuse": False, "plugged": True, "charging": False,
    "charge_limit": 80, "climate_on": False, "inside_temperature": 12.5, "outside_temperature": 6.0,
}  # fmt: skip
"""What the car of the tests says before somebody drives it."""


async def test_a_car_is_found_confirmed_and_obeys(homeassistant: HomeAssistant) -> None:
    homeassistant.car(**WELL)
    host = Host(token=homeassistant.token)
    async with running(host, Settings(homeassistant.url)) as run:
        found = (await run.cars())["suggestions"]
        assert [one["car"]["name"] for one in found] == ["Family car"]
        assert found[0]["proposals"][1] == {
            "signal": v.RANGE,
            "source": {"entity": "sensor.family_car_range"},
            "name": "Family car Range",
            "now": 310_000,
            "from_unit": "km",
            "to_unit": "m",
        }
        assert "family-car-battery" in host.things()
        assert await run.map_car(found[0]["car"], False) == {"id": "family-car"}
        await host.until(lambda: host.value(f"family-car/{v.CHARGE_LEVEL}") == 72.0)
        assert not host.refused
        thing = host.things()["family-car"]
        assert (thing.kind, thing.maker, thing.model) == ("car", "Wayhome tests", "SU7")
        assert (await run.cars())["suggestions"] == []
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
        # A person corrects it, then takes it back: the entities are things again, the car is gone.
        fewer = {**found[0]["car"], "name": "Our car", "signals": {v.RANGE: {"entity": "sensor.family_car_range"}}}
        await run.map_car(fewer, False)
        await host.until(
            lambda: host.things()["family-car"].name == "Our car" and "family-car-battery" in host.things()
        )
        assert host.value(at + v.RANGE) == 310_000 and v.CHARGE_LEVEL not in host.things()["family-car"].signals
        kept = host.config["cars"]
        for wrong in ({}, {"name": "X", "signals": {"Vehicle.Nonsense": {"entity": "a.b"}}}, {"name": 5}):
            with pytest.raises(BadInput):
                await run.map_car(wrong, False)
        with pytest.raises(BadInput):
            await run.map_car({"id": "nobody"}, True)
        assert host.config["cars"] == kept
        await run.map_car({"id": "family-car"}, True)
        await host.until(lambda: "family-car" not in host.things() and "family-car-range" in host.things())
        assert host.config["cars"] == []
