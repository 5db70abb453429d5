"""The household's certificate in a real Chromium, off localhost, with certificate errors not ignored: a service
worker, a passkey and the check page work once the root is installed, and nothing works before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Error, Page, async_playwright

from tests.features.people.site import NAME, Site, site
from tests.peers.chromium import launch_options, trust
from wayhome.adapters.authority import issue
from wayhome.adapters.certificates import load

pytestmark = [pytest.mark.anyio, pytest.mark.real]

REGISTER = """async (code) => {
  const send = async (path, data) => {
    const headers = {'content-type': 'application/json'};
    const answer = await fetch(path, {method: 'POST', headers, body: JSON.stringify(data)});
    if (!answer.ok) throw new Error(await answer.text());
    return answer.status === 204 ? null : answer.json();
  };
  const begun = await send('/api/door/owner/options', {name: 'Mei', code});
  const creation = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options);
  const made = await navigator.credentials.create({publicKey: creation});
  const owner = await send('/api/door/owner', {name: 'Mei', code, ceremony: begun.ceremony, credential: made.toJSON()});
  await send('/api/door/out', {});
  const again = await send('/api/door/passkey/options', {});
  const request = PublicKeyCredential.parseRequestOptionsFromJSON(again.options);
  const got = await navigator.credentials.get({publicKey: request});
  const entered = await send('/api/door/passkey/verify', {ceremony: again.ceremony, credential: got.toJSON()});
  return [owner.person.role, entered.person.name, entered.token ?? null, document.cookie];
}"""


def install(home: Path, root: bytes) -> None:
    """What the install page says for Chromium on Linux."""
    file = home / "root.pem"
    file.write_bytes(root)
    trust(home, file)


@asynccontextmanager
async def chromium(home: Path) -> AsyncIterator[BrowserContext]:
    """A Chromium of its own, whose home is empty but for what the test puts there."""
    async with async_playwright() as playwright:
        options = launch_options(home, [NAME, "other.local"])
        context = await playwright.chromium.launch_persistent_context(
            home / "profile", ignore_https_errors=False, **options
        )
        try:
            yield context
        finally:
            await context.close()


async def with_authenticator(context: BrowserContext) -> Page:
    """A page whose browser has a passkey authenticator that verifies its user."""
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


async def worker_of(page: Page) -> str:
    return str(await page.evaluate("navigator.serviceWorker.register('/worker.js').then(r => r.scope)"))


async def test_with_the_root_installed_everything_works(tmp_path: Path) -> None:
    async with site() as here:
        install(tmp_path, here.root)
        async with chromium(tmp_path) as context:
            page = await with_authenticator(context)
            await page.goto(here.https + "/")
            assert await page.evaluate("isSecureContext")
            assert await worker_of(page) == here.https + "/"
            code = here.world.door.setup_code
            assert await page.evaluate(REGISTER, code) == ["owner", "Mei", None, ""]
            cookie = next(c for c in await context.cookies() if c["name"] == "wayhome")
            assert cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Strict"
            await looks_trusted(page, here)
            await stolen_root_opens_nothing_else(page, here)


async def looks_trusted(page: Page, here: Site) -> None:
    """The install page, in plain HTTP, tells that this device trusts the hub."""
    await page.goto(here.http + "/")
    await page.locator("#trusted").wait_for(state="visible")
    assert await page.locator("#untrusted").is_hidden()
    await page.locator("#trusted a").click()
    await page.wait_for_url(here.https + "/")


async def stolen_root_opens_nothing_else(page: Page, here: Site) -> None:
    """The same root, a certificate for another name: Chromium holds to the root's constraints."""
    pair = issue(here.house._root(), ["other.local"], datetime.now(UTC))
    load(here.certificates.context, pair)
    with pytest.raises(Error, match="ERR_CERT"):
        await page.goto(f"https://other.local:{here.port}/")


async def test_without_the_root_nothing_works(tmp_path: Path) -> None:
    async with site() as here, chromium(tmp_path) as context:
        page = await with_authenticator(context)
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            await page.goto(here.https + "/")
        # A page of its own: the browser may still be showing its error on the first one.
        page = await with_authenticator(context)
        await page.goto(here.http + "/")
        await page.locator("#untrusted").wait_for(state="visible")
        assert await page.locator("details[open] summary").inner_text() == "Linux"
        # Over plain HTTP under a name there is neither a service worker nor a passkey to be had.
        assert not await page.evaluate("isSecureContext")
        assert await page.evaluate("navigator.serviceWorker === undefined && navigator.credentials === undefined")
