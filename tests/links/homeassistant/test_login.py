"""Signing in at a real Home Assistant by its own OAuth, as a browser does it."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.links.homeassistant.host import Host, running
from tests.peers.homeassistant import PASSWORD, USER, HomeAssistant
from wayhome.errors import AuthNeeded, BadInput, NotAllowed, Unreachable
from wayhome.links.homeassistant import address
from wayhome.links.homeassistant.login import Access, Login, Logins
from wayhome.links.homeassistant.run import open_run
from wayhome.links.homeassistant.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]
HUB = "http://wayhome.local:8300"


def logins(now: float | None = None) -> tuple[Logins, list[float]]:
    clock = [time.time() if now is None else now]
    count = iter(range(10_000))
    return Logins(lambda: clock[0], lambda: f"state-{next(count)}-unguessable"), clock


async def browse(url: str) -> str:
    """What Home Assistant's sign-in page does with the address it was opened at; the code that it sends back."""
    parts = urlsplit(url)
    base, query = f"{parts.scheme}://{parts.netloc}", parse_qs(parts.query)
    client, redirect = query["client_id"][0], query["redirect_uri"][0]
    async with httpx.AsyncClient() as http:
        begin = {"client_id": client, "handler": ["homeassistant", None], "redirect_uri": redirect}
        flow = (await http.post(f"{base}/auth/login_flow", json=begin)).raise_for_status().json()
        step = {"client_id": client, "username": USER, "password": PASSWORD}
        done = (await http.post(f"{base}/auth/login_flow/{flow['flow_id']}", json=step)).raise_for_status().json()
    assert done["type"] == "create_entry", done
    return str(done["result"])


async def sign_in(peer: HomeAssistant) -> Login:
    table, _ = logins()
    async with httpx.AsyncClient() as http:
        base = await address.find(peer.url, http)
        url, state = table.start_login(base, HUB, "ada")
        assert parse_qs(urlsplit(url).query)["redirect_uri"] == [f"{HUB}/api/links/callback"]
        return await table.finish_login(state, await browse(url), "ada", http)


async def test_a_login_runs_the_link_and_its_end_is_noticed(homeassistant: HomeAssistant) -> None:
    login = await sign_in(homeassistant)
    host = Host(**login.secrets)
    settings = Settings(str(login.config["url"]), str(login.config["client_id"]))
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
    login = await sign_in(homeassistant)
    host = Host(**login.secrets)
    settings = Settings(str(login.config["url"]), str(login.config["client_id"]))
    async with running(host, settings) as run:
        homeassistant.revoke(host.secrets["refresh_token"])
        await host.until(lambda: run._client is None, 5, "still connected")
    with pytest.raises(AuthNeeded, match="did not take"):
        await run.run()


async def test_an_access_token_is_renewed_before_its_end(homeassistant: HomeAssistant) -> None:
    login = await sign_in(homeassistant)

    class Later(Host):
        late = 0.0

        def now(self) -> float:
            return time.time() + self.late

    host = Later(**login.secrets)
    async with httpx.AsyncClient() as http:
        access = Access(host, homeassistant.url, str(login.config["client_id"]), http)
        first = await access.token()
        assert await access.token() == first
        await asyncio.sleep(1.1)  # its tokens differ by the second
        host.late = 1_800 - 30
        assert await access.token() != first
        await access.revoke()


async def test_each_state_counts_once_for_ten_minutes_for_who_began(homeassistant: HomeAssistant) -> None:
    table, clock = logins()
    async with httpx.AsyncClient() as http:
        url, state = table.start_login(homeassistant.url, HUB, "ada")
        code = await browse(url)
        with pytest.raises(NotAllowed):
            await table.finish_login("guessed", code, "ada", http)
        with pytest.raises(NotAllowed):
            await table.finish_login(state, code, "mallory", http)
        with pytest.raises(NotAllowed):  # it was used up
            await table.finish_login(state, code, "ada", http)
        _, state = table.start_login(homeassistant.url, HUB, "ada")
        clock[0] += 601
        with pytest.raises(NotAllowed):
            await table.finish_login(state, code, "ada", http)
        _, state = table.start_login(homeassistant.url, HUB, "ada")
        with pytest.raises(AuthNeeded):
            await table.finish_login(state, "not-a-code", "ada", http)


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
