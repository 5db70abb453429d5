"""Cameras by ONVIF: found in the network, asked where their film is, also when their clock is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.links.rtsp.house import becomes, join
from tests.links.rtsp.viewer import looking
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub
from tests.peers.onvif import Onvif
from wayhome.errors import Unreachable
from wayhome.links.rtsp import client, onvif
from wayhome.links.rtsp.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Camera]:
    peer = Camera(tmp_path / "camera", user="ada", password="right", width=640, height=480, rate=800)
    peer.up()
    yield peer
    peer.kill()


@pytest.fixture(params=[0, 7200, -86_400], ids=["clock-right", "two-hours-ahead", "a-day-behind"])
def service(camera: Camera, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Onvif]:
    peer = Onvif(tmp_path / "onvif", camera, "ada", "right", request.param)
    peer.up()
    yield peer
    peer.kill()


async def ask(hub: RunningHub, path: str, data: dict[str, Any]) -> Any:
    with hub.api() as api:
        return (await asyncio.to_thread(api.post, f"/api/{path}", json=data)).json()


async def test_it_is_found_and_its_film_is_seen(hub: RunningHub, service: Onvif) -> None:
    until, found = time.monotonic() + 60, list[Any]()
    while {"url": service.url, "name": "Yard", "model": ""} not in found:  # it is listened for a moment only
        assert time.monotonic() < until, json.dumps(found)
        answer = await ask(hub, "links/search", {"link": "rtsp"})
        assert "found" in answer, json.dumps(answer)
        found = answer["found"]
    config = {"url": service.url, "user": "ada"}
    wrong = {"link": "rtsp", "name": "Yard", "config": config, "secrets": {"password": "wrong"}}
    assert (await ask(hub, "links/look", wrong))["code"] == "auth_needed"
    right = {**wrong, "secrets": {"password": "right"}}
    seen = (await ask(hub, "links/look", right))["found"]
    assert (seen["width"], seen["height"]) == (640, 480)
    join(hub, service.url, "right", user="ada")
    await becomes(hub, "connected")
    async with looking(hub, "yard") as viewer:
        await viewer.until(10)
    with hub.api() as api:
        thing = api.get("/api/home/things").json()["things"]["yard"]
    assert (thing["maker"], thing["model"]) == ("IPyCam", "VirtualCam-1")


async def test_a_profile_that_is_not_there_is_said(hub: RunningHub, camera: Camera, tmp_path: Path) -> None:
    peer = Onvif(tmp_path / "onvif", camera, "ada", "right")
    peer.up()
    try:
        for profile, code in (("Profile_Sub", None), ("Profile_9", "refused")):
            config = {"url": peer.url, "user": "ada", "profile": profile}
            new = {"link": "rtsp", "name": "Yard", "config": config, "secrets": {"password": "right"}}
            assert (await ask(hub, "links/look", new)).get("code") == code
    finally:
        peer.kill()
    gone = {"link": "rtsp", "name": "Yard", "config": {"url": peer.url}}
    assert (await ask(hub, "links/look", gone))["code"] == "unreachable"


async def test_one_with_films_of_jpeg_alone_is_seen(hub: RunningHub, tmp_path: Path) -> None:
    camera = Camera(tmp_path / "camera", codec="jpeg", user="ada", password="right", width=640, height=480)
    peer = Onvif(tmp_path / "onvif", camera, "ada", "right", jpeg=True)
    camera.up()
    peer.up()
    try:
        join(hub, peer.url, "right", user="ada")
        await becomes(hub, "connected")
        async with looking(hub, "yard") as viewer:
            await viewer.until(10)
            assert viewer.film == {"t": "film", "codec": "image/jpeg", "width": 640, "height": 480}
    finally:
        peer.kill()
        camera.kill()


def test_a_password_is_signed_as_the_standard_s_own_example() -> None:
    """The example of the ONVIF Application Programmer's Guide, 6.1.1.3."""
    import base64

    login = onvif.Login(
        "user",
        "userpassword",
        datetime(2010, 9, 16, 7, 50, 45, tzinfo=UTC),
        base64.b64decode("LKqI6G/AikKCQrN0zqZFlg=="),
    )
    asked = onvif.question(onvif.DEVICE, "<GetUsers/>", login)
    made = onvif.read(asked)
    assert made.said("Username") == "user"
    assert made.said("Created") == "2010-09-16T07:50:45Z"
    assert made.said("Password") == "tuOSpGlFlIXsozq4HFNeeGeFLEI="


def test_who_answers_for_another_address_is_not_listed() -> None:
    answer = (
        b'<e:Envelope xmlns:e="x" xmlns:d="y"><e:Body><d:ProbeMatches><d:ProbeMatch>'
        b"<d:Scopes>onvif://www.onvif.org/name/Front%20door onvif://www.onvif.org/hardware/DS-2CD</d:Scopes>"
        b"<d:XAddrs>http://169.254.1.2/onvif/device_service http://192.168.1.20/onvif/device_service</d:XAddrs>"
        b"</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
    )
    found = onvif.match(onvif.read(answer), "192.168.1.20")
    assert found == onvif.Match("http://192.168.1.20/onvif/device_service", "Front door", "DS-2CD")
    assert onvif.match(onvif.read(answer), "192.168.1.66") is None


@pytest.mark.parametrize(
    "text",
    [
        b"no xml",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>" * 100 + b"</a>" * 100,
        b"<a>" + b"<b/>" * 30_000 + b"</a>",
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        b'<?xml version="1.0" encoding="nobody-knows"?><a/>',
    ],
)
def test_answers_that_are_not_read(text: bytes) -> None:
    with pytest.raises(onvif.Strange):
        onvif.read(text)


def test_a_megabyte_of_lines_does_not_hold_up_the_hub() -> None:
    began = time.process_time()
    assert onvif.read(b"<a>" + b"x\n" * 500_000 + b"</a>").said("a").count("x") == 500_000
    assert time.process_time() - began < 2


async def test_who_answers_byte_by_byte_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIND_TIME", 1.0)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.1)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/onvif/device_service"
    async with asyncio.timeout(20):
        with pytest.raises(Unreachable, match="where its film is"):
            await client.film_of(Settings(url), None)
    server.close()
