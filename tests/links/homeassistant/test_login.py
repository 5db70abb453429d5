"""Signing in at a real Home Assistant by its own OAuth, as a browser does it."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.links.homeassistant.host import Host, running
from tests.peers.homeassistant import PASSWORD, USER, HomeAssistant
from wayhome.errors import AuthNeeded, BadInput, Unreachable
from wayhome.hub.link import Joined
from wayhome.links.homeassistant import address, link
from wayhome.links.homeassistant.login import Access, Login
from wayhome.links.homeassistant.run import open_run
from wayhome.links.homeassistant.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]
HUB = "http://wayhome.local:8300"
BACK = f"{HUB}/api/links/callback"


def login() -> Login:
    assert isinstance(link.sign_in, Login)
    return link.sign_in


async def browse(url: str) -> str:
    """What Home Assistant's sign-in page does with the address it was opened at; the code that it sends back."""
    parts = urlsplit(url)
    base, query = f"{parts.scheme}://{parts.netloc}", parse_qs(parts.query)
    client, redirect = query["client_id"][0], query["redirect_uri"][0]
    async with httpx.AsyncClient(timeout=60) as http:
        begin = {"client_id": client, "handler": ["homeassistant", None], "redirect_uri": redirect}
        flow = (await http.post(f"{base}/auth/login_flow", json=begin)).raise_for_status().json()
        step = {"client_id": client, "username": USER, "password": PASSWORD}
        done = (await http.post(f"{base}/auth/login_flow/{flow['flow_id']}", json=step)).raise_for_status().json()
    assert done["type"] == "create_entry", done
    return str(done["result"])


async def sign_in(peer: HomeAssistant) -> Joined:
    table = login()
    begun = await table.begin(f"127.0.0.1:{peer.port}", BACK)
    assert parse_qs(urlsplit(begun.go).query)["redirect_uri"] == [BACK]
    joined = await table.finish(begun.kept, {"code": await browse(begun.go), "state": begun.state})
    assert joined.name == "Demo house"
    return joined


async def test_a_login_runs_the_link_and_its_end_is_noticed(homeassistant: HomeAssistant) -> None:
    joined = await sign_in(homeassistant)
    host = Host(**joined.secrets)
    settings = Settings(str(joined.config["url"]), str(joined.config["client_id"]))
    async with running(host, settings) as run:
        await host.fulfilled(run, "ac/switch.on", not host.value("ac/switch.on"))
        assert (await run.picture("demo-camera")).content
        refresh = host.secrets["refresh_token"]
        listed = homeassistant.ask(type="auth/refresh_tokens")
        assert any(token["client_id"] == f"{HUB}/" for token in listed)
    # The link is removed: Home Assistant lists us no more, and nothing is left that could sign in.
    await open_run(host, settings).leave()
    assert "refresh_token" not in host.secrets
    assert not any(t["client_id"] == f"{HUB}/" for t in homeassistant.ask(type="auth/refresh_tokens"))
    host.secrets["refresh_token"] = refresh
    with pytest.raises(AuthNeeded):
        await open_run(host, settings).run()


async def test_a_login_revoked_while_running_ends_the_run(homeassistant: HomeAssistant) -> None:
    joined = await sign_in(homeassistant)
    host = Host(**joined.secrets)
    settings = Settings(str(joined.config["url"]), str(joined.config["client_id"]))
    async with running(host, settings) as run:
        homeassistant.revoke(host.secrets["refresh_token"])
        await host.until(lambda: run._client is None, what="still connected")
    with pytest.raises(AuthNeeded, match="did not take"):
        await run.run()


async def test_an_access_token_is_renewed_before_its_end(homeassistant: HomeAssistant) -> None:
    joined = await sign_in(homeassistant)

    class Later(Host):
        late = 0.0

        def now(self) -> float:
            return time.time() + self.late

    host = Later(**joined.secrets)
    async with httpx.AsyncClient() as http:
        access = Access(host, homeassistant.url, str(joined.config["client_id"]), http)
        first = await access.token()
        assert await access.token() == first
        await asyncio.sleep(1.1)  # its tokens differ by the second
        host.late = 1_800 - 30
        assert await access.token() != first
        await access.revoke()


async def test_a_code_counts_once_and_only_for_us(homeassistant: HomeAssistant) -> None:
    table = login()
    begun = await table.begin(homeassistant.url, BACK)
    code = await browse(begun.go)
    with pytest.raises(AuthNeeded):
        await table.finish({**begun.kept, "client_id": "http://other.local/"}, {"code": code})
    assert (await table.finish(begun.kept, {"code": code})).secrets["refresh_token"]
    for wrong in (
        {"code": code},
        {"code": "not-a-code"},
        {"code": ""},
        {"error": "access_denied"},
        {"code": "x" * 9_999},
    ):
        with pytest.raises(AuthNeeded):
            await table.finish(begun.kept, wrong)
    with pytest.raises(BadInput):
        await table.begin(homeassistant.url, "not an address")
    states = {(await table.begin(homeassistant.url, BACK)).state for _ in range(3)}
    assert len(states) == 3 and all(len(state) >= 43 for state in states)


async def test_what_people_type_is_found(homeassistant: HomeAssistant) -> None:
    port = homeassistant.port
    async with httpx.AsyncClient() as http:
        for typed in (
            homeassistant.url,
            f"localhost:{port}",
            f" http://127.0.0.1:{port}/ ",
            f"http://127.0.0.1:{port}/lovelace/0",
        ):
            assert (await address.find(typed, http)).endswith(f":{port}")
        with pytest.raises(Unreachable):
            await address.find("127.0.0.1:1", http)
        with pytest.raises(BadInput):
            await address.find("http://ada:secret@127.0.0.1:8123", http)
