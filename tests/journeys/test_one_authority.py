"""One authority for the hubs of a household: who trusts the home trusts the car's hub once it has joined, under its own
name, on a real network; and what was trusted before is trusted still."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.journeys.test_screen_in_the_car import AT_CAR, doors, joins
from tests.peers.two_hubs import TwoHubs, until, value

pytestmark = pytest.mark.real
NAME = "wayhome.local"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoHubs]:
    two = TwoHubs(tmp_path, listen="0.0.0.0", car="0.0.0.0")
    two.start()
    yield two
    two.stop()


def shown(port: int, name: str, authority: str) -> bool:
    """Whether who trusts this authority alone (PEM) trusts what answers by that name."""
    context = ssl.create_default_context(cadata=authority)
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=name) as tls,
        ):
            return tls.version() is not None
    except ssl.SSLCertVerificationError:
        return False


def test_who_trusts_the_home_trusts_the_car_by_its_own_name_and_no_other(two: TwoHubs) -> None:
    home, car = ((hub.data / "ca.pem").read_text() for hub in (two.home, two.car))
    assert not shown(two.car.port, AT_CAR, home)
    joins(two)
    assert shown(two.car.port, AT_CAR, home)
    assert not shown(two.car.port, NAME, home), "the home's name is the home's"
    assert not shown(two.car.port, "van.wayhome.local", home)
    # Who knew the car's hub by itself goes on there.
    assert shown(two.car.port, NAME, car) and not shown(two.car.port, AT_CAR, car)
    # On the road, and started anew: it is as it was, and a page of the home's is still one of the household's.
    two.home.kill()
    two.car.stop()
    two.car.start()
    assert shown(two.car.port, AT_CAR, home)
    page = f"https://{NAME}:{two.home.port}"
    assert page in until(lambda: doors(two.car))
    with httpx.Client(verify=ssl.create_default_context(cadata=home), trust_env=False) as browser:
        headers = {"Host": f"{AT_CAR}:{two.car.port}", "Origin": page}
        url = f"https://127.0.0.1:{two.car.port}/api/people/me"
        answer = browser.get(url, headers=headers, extensions={"sni_hostname": AT_CAR})
        assert answer.headers["access-control-allow-origin"] == page
        stranger = browser.get(
            url, headers=headers | {"Origin": "https://evil.example"}, extensions={"sni_hostname": AT_CAR}
        )
        assert "access-control-allow-origin" not in stranger.headers
        installed = browser.get(
            url.replace("api/people/me", "install/wayhome.pem"), headers=headers, extensions={"sni_hostname": AT_CAR}
        )
        assert installed.text == home, "a new device in the car installs the home's"
    # Both started anew, the car away: screens at home go on knowing where it is.
    two.car.kill()
    two.home.start()
    assert until(lambda: doors(two.home))[-1] == f"https://{AT_CAR}:{two.car.port}"


@pytest.mark.long
def test_a_site_that_was_taken_out_is_no_door_of_the_household_any_more(two: TwoHubs) -> None:
    joins(two)
    status = json.loads(two.home.cli("site", "list", "--json"))["others"][0]
    assert status["certified"] - status["since"] > 396 * 86_400
    said = two.home.cli("site", "remove", "car", "--yes")
    assert "is not renewed, and stays good for its own name until" in said
    until(lambda: [door for door in doors(two.home) if AT_CAR in door] == [])
    with two.home.api("") as api:
        assert AT_CAR not in api.get("/").headers["content-security-policy"]
    # It asks to be let in, in vain, and is given nothing.
    until(lambda: "does not know this hub" in two.car.cli("site", "list"), 30)
    # In anew: it is vouched for again.
    link = json.loads(two.home.cli("site", "invite", "--json"))["link"]
    two.car.cli("site", "remove", "home", "--yes")
    two.car.cli("site", "join", link.replace(NAME, "127.0.0.1", 1))
    until(lambda: f"https://{AT_CAR}:{two.car.port}" in doors(two.home), 30)


@pytest.mark.long
def test_a_new_authority_at_home_vouches_for_the_car_when_it_comes_in_anew(two: TwoHubs) -> None:
    joins(two)
    before = (two.home.data / "ca.pem").read_text()
    two.home.stop()
    two.home.cli("tls", "renew", "--yes")
    two.home.start()
    until(lambda: "away" in two.car.cli("site", "list"))
    assert shown(two.car.port, AT_CAR, before), "until then it is as it was"
    link = json.loads(two.home.cli("site", "invite", "car", "--json"))["link"]
    two.car.cli("site", "join", link.replace(NAME, "127.0.0.1", 1))
    after = (two.home.data / "ca.pem").read_text()
    until(lambda: shown(two.car.port, AT_CAR, after), 30)
    assert after != before and not shown(two.car.port, AT_CAR, before)
    until(lambda: value(two.home, "car/thing.online"))
