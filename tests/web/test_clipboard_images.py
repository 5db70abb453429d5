"""The clipboard's images, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.bad_days.served import Served, served
from tests.hub.grouped import FEATURES, Screen
from tests.hub.two_sites import until
from wayhome.features.clipboard.model import IMAGE
from wayhome.hub.group.group import group
from wayhome.sealing import keys

pytestmark = pytest.mark.anyio
CONTENT = b"\x89PNG, sealed" * 1000


@pytest.fixture
async def at() -> AsyncIterator[Served]:
    async with served(FEATURES) as found:
        yield found


def body(screen: Screen, id: str, content: bytes) -> bytes:
    frame = keys.data(screen.sealed("image", id=id)["frame"])
    return len(frame).to_bytes(4, "big") + frame + content


async def test_an_image_goes_from_screen_to_screen(at: Served) -> None:
    await until(lambda: group(at.world.hub).status.state == "in")
    phone = Screen(at.world, "anna-phone")
    await phone.let_in()
    id = f"anna:{7:026d}"
    async with httpx.AsyncClient(
        base_url=at.url, trust_env=False, timeout=45, headers={"Authorization": "Bearer anna-token"}
    ) as a:
        for bad in (b"", b"\0\0\0\1", b"\xff" * 9, body(phone, id, b"x" * (IMAGE + 29)), body(phone, id, b"")):
            answer = await a.put(f"/api/clipboard/image/{id}", content=bad)
            assert answer.status_code in (400, 413), (len(bad), answer.text)
        assert (await a.get(f"/api/clipboard/image/{id}")).status_code == 404
        answer = await a.put(f"/api/clipboard/image/{id}", content=body(phone, id, CONTENT), params={"brief": True})
        assert answer.status_code == 200, answer.text
        assert (answer.json()["image"], answer.json()["brief"]) == (len(CONTENT), True)
        answer = await a.get(f"/api/clipboard/image/{id}")
        assert answer.content == CONTENT and answer.headers["content-disposition"] == "attachment"
        async with httpx.AsyncClient(base_url=at.url, trust_env=False, timeout=45) as other:
            for who, code in (("mei", 404), ("leo", 403), ("nobody", 401)):
                answer = await other.get(f"/api/clipboard/image/{id}", headers={"Authorization": f"Bearer {who}-token"})
                assert answer.status_code == code, (who, answer.text)
        assert (await a.post("/api/clipboard/choose", json={"part": False})).status_code == 200
        assert (await a.get(f"/api/clipboard/image/{id}")).status_code == 400
        put = await a.put(f"/api/clipboard/image/{id[:-1]}8", content=body(phone, f"{id[:-1]}8", CONTENT))
        assert put.status_code == 409


async def test_one_screen_does_not_keep_all_others_out(at: Served) -> None:
    """It begins to send more images than the hub takes at once, and does not go on with any."""
    await until(lambda: group(at.world.hub).status.state == "in")
    phone = Screen(at.world, "mei-phone", "mei")
    await phone.let_in()
    ends = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"\0\0"
        await ends.wait()
        yield b"\0\1"

    async with httpx.AsyncClient(base_url=at.url, trust_env=False, timeout=45) as a:
        of_anna, of_mei = ({"Authorization": f"Bearer {who}-token"} for who in ("anna", "mei"))
        begun = [
            asyncio.create_task(a.put(f"/api/clipboard/image/anna:{n:026d}", content=slow(), headers=of_anna))
            for n in range(5)
        ]
        await asyncio.sleep(0.5)
        id = f"mei:{7:026d}"
        answer = await a.put(f"/api/clipboard/image/{id}", content=body(phone, id, CONTENT), headers=of_mei)
        assert answer.status_code == 200, answer.text
        ends.set()
        assert {answer.status_code for answer in await asyncio.gather(*begun)} == {400}
