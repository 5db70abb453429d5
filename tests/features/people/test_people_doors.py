"""The doors over HTTP: what may come over which wire, from which page, under which name."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from tests.features.people.house import FAR, GOOD, World
from tests.features.people.site import NAME, application, site
from wayhome.adapters.authority import Authority
from wayhome.features.people.model import Arrival
from wayhome.sealing import keys, signs
from wayhome.web.browser import browser
from wayhome.web.entry import caller
from wayhome.web.install import Install
from wayhome.web.transport import Transport, host_of

pytestmark = pytest.mark.anyio
OWNER = {"name": "Mei", "password": GOOD}
LAN = "192.168.1.20"


class Outside:
    """The doors, called from any address without a network."""

    def __init__(self) -> None:
        self.world = World()
        self.authority = Authority(self.world.vault, self.world.clock, (NAME,))

    async def open(self, **options: Any) -> None:
        await self.world.door.open()
        await self.authority.open()
        install = Install(lambda: self.authority.certificate, lambda: None, lambda: f"{NAME}:8300")
        self.app = Transport(application(self.world), lambda: (NAME,), install=install, **options)

    def client(self, base: str, peer: str, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(peer, 40_000))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.AsyncClient(transport=transport, base_url=base, headers=named)

    def near(self, **headers: str) -> httpx.AsyncClient:
        return self.client("http://localhost:8300", "127.0.0.1", **headers)

    def secure(self, **headers: str) -> httpx.AsyncClient:
        return self.client(f"https://{NAME}:8300", LAN, **headers)

    def plain(self, **headers: str) -> httpx.AsyncClient:
        return self.client(f"http://{NAME}:8300", LAN, **headers)


@pytest.fixture
async def outside() -> Outside:
    made = Outside()
    await made.open()
    return made


# Which wire


async def test_plain_http_from_elsewhere_serves_the_install_page_only(outside: Outside) -> None:
    async with outside.plain() as client:
        for path in ("/", "/install", "/install/"):
            page = await client.get(path)
            assert page.status_code == 200 and "Trust this home's hub" in page.text
            assert "default-src 'none'" in page.headers["content-security-policy"]
        elsewhere = await client.get("/settings/people?x=1")
        assert (elsewhere.status_code, elsewhere.headers["location"]) == (
            307,
            f"https://{NAME}:8300/settings/people?x=1",
        )
        for answer in (
            await client.get("/api/door"),
            await client.post("/api/door/owner", json=OWNER),
            await client.post("/api/door/password", json=OWNER),
            await client.post("/install/wayhome.pem", json={}),
        ):
            assert answer.status_code in (403, 404), answer.text
            assert answer.headers["content-type"] == "application/problem+json"
    assert not outside.world.house.records("person")


async def test_a_token_over_plain_http_is_not_even_looked_at(outside: Outside) -> None:
    entered = await outside.world.found()
    async with outside.plain(authorization=f"Bearer {entered.token}") as client:
        assert (await client.post("/api/door/out")).status_code == 403
    assert outside.world.door.identify(entered.token) is not None


async def test_the_files(outside: Outside) -> None:
    async with outside.plain() as client:
        root = outside.authority.certificate
        assert x509.load_der_x509_certificate((await client.get("/install/wayhome.crt")).content) == root
        assert x509.load_pem_x509_certificate((await client.get("/install/wayhome.pem")).content) == root
        profile = await client.get("/install/wayhome.mobileconfig")
        assert profile.headers["content-type"] == "application/x-apple-aspen-config"
        (content,) = plistlib.loads(profile.content)["PayloadContent"]
        assert content["PayloadType"] == "com.apple.security.root"
        assert x509.load_der_x509_certificate(content["PayloadContent"]) == root
        everything = profile.content + (await client.get("/install")).content
        assert b"PRIVATE" not in everything
        assert (await client.get("/install/../secret")).status_code in (307, 404)
        assert (await client.get("/install/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("agent", "first"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1", "mobileconfig"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36", "Install anyway"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140 Safari/537.36 Edg/140", "Trusted Root"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18 Safari/605", "Keychain Access"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "certutil"),
    ],
)
async def test_each_device_gets_its_own_steps_first(outside: Outside, agent: str, first: str) -> None:
    async with outside.plain(user_agent=agent) as client:
        opened = (await client.get("/install")).text.partition("<details open>")[2].partition("</details>")[0]
        assert first in opened
    async with outside.plain(user_agent=agent, accept_language="zh-CN,zh;q=0.9") as client:
        page = (await client.get("/install")).text
        assert 'lang="zh"' in page and "信任" in page
        assert 'lang="en"' in (await client.get("/install?lang=en")).text


async def test_a_host_header_cant_inject_into_the_page(outside: Outside) -> None:
    async with outside.plain(host='x"><script>alert(1)</script>:8300') as client:
        assert "<script>alert" not in (await client.get("/install")).text


# Which name, which page


@pytest.mark.parametrize("host", ["evil.example", "wayhome.local.evil.example", "evil.localhost", "wayhome"])
async def test_names_that_are_not_ours_are_refused(outside: Outside, host: str) -> None:
    """DNS rebinding: somebody's own name points at the hub, and their page would count as ours."""
    await outside.world.found()
    for scheme, peer, status in (("https", LAN, 421), ("https", "127.0.0.1", 421), ("http", "127.0.0.1", 403)):
        origin = f"{scheme}://{host}:8300"
        async with outside.client(origin, peer, origin=origin) as client:
            answer = await client.post("/api/door/password", json=OWNER)
            assert answer.status_code == status, answer.text
    assert not outside.world.house.told("SignInFailed") and len(outside.world.house.told("SignedIn")) == 1


async def test_the_hubs_name_is_not_its_own_machine(outside: Outside) -> None:
    """A page of the house, resolved to loopback by a forwarder, is not somebody who sits at the hub."""
    async with outside.client(f"http://{NAME}:8300", "127.0.0.1") as client:
        assert (await client.post("/api/door/owner", json=OWNER)).status_code == 403
    async with outside.client(f"https://{NAME}:8300", "127.0.0.1") as client:
        assert (await client.get("/api/door")).json()["code"] is True
        answer = await client.post("/api/door/owner", json=OWNER)
        assert answer.status_code == 403 and "setup code" in answer.text


def test_a_cookie_that_another_hub_planted_beside_the_own_one_signs_nobody_in() -> None:
    for cookie, token in [
        ("wayhome=wh_mine", "wh_mine"),
        ("x=1; wayhome=wh_mine; y=2", "wh_mine"),
        ("wayhome=wh_mine; wayhome=wh_mine", "wh_mine"),
        ("wayhome=wh_another; wayhome=wh_mine", None),
        ("wayhome=wh_mine;wayhome=wh_another", None),
        ("wayhome=wh_mine; wayhome=", None),
        ("x=wayhome=wh_mine; wayhomes=1", None),
    ]:
        assert caller("https", [(b"cookie", cookie.encode())], None).token == token, cookie


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"http://{NAME}:8300"},
        {"origin": f"https://{NAME}:9999"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
    ids=str,
)
async def test_another_sites_page_can_neither_use_nor_plant_a_cookie(outside: Outside, headers: dict[str, str]) -> None:
    entered = await outside.world.found()
    async with outside.secure(**headers, cookie=f"wayhome={entered.token}") as client:
        for path, data in (("out", None), ("password", OWNER), ("pair/ask", {}), ("passkey/options", None)):
            answer = await client.post(f"/api/door/{path}", json=data)
            assert answer.status_code == 403, answer.text
            assert "set-cookie" not in answer.headers
        # Nor does a bearer token beside it help.
        both = await client.post("/api/door/out", headers={"authorization": f"Bearer {entered.token}"})
        assert both.status_code == 403
    assert outside.world.door.identify(entered.token) is not None


# Who is near


async def test_only_the_hubs_own_machine_needs_no_setup_code(outside: Outside) -> None:
    cases: list[tuple[Callable[..., httpx.AsyncClient], dict[str, str]]] = [
        (outside.secure, {}),
        (outside.secure, {"x_forwarded_for": "127.0.0.1"}),
        (outside.near, {"x_forwarded_for": "8.8.8.8"}),
        (outside.near, {"forwarded": "for=127.0.0.1"}),
        (outside.near, {"x_real_ip": "127.0.0.1"}),
        (outside.secure, {"host": "localhost:8300"}),
    ]
    for make, headers in cases:
        async with make(**headers) as client:
            answer = await client.post("/api/door/owner", json=OWNER)
            assert answer.status_code == 403, (headers, answer.text)
            assert ("reverse proxy" in answer.text) == (make == outside.near)
    outside.world.clock.time += 3_600
    async with outside.near() as client:
        assert (await client.get("/api/door")).json() == {
            "household": "Linden 7", "owner": False, "demo": False, "passkeys": True, "code": False,
            "lost": False, "owners": [], "run": "run-1",
        }  # fmt: skip
        answer = await client.post("/api/door/owner", json=OWNER)
        assert answer.status_code == 200 and "token" not in answer.json()
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower() and "Secure" not in cookie


async def test_loopback_can_be_distrusted(outside: Outside) -> None:
    await outside.open(trust_loopback=False)
    async with outside.near() as client:
        assert (await client.post("/api/door/owner", json=OWNER)).status_code == 403


# Behind a proxy


async def test_a_proxys_word_counts_only_when_it_is_configured(outside: Outside) -> None:
    await outside.open(proxies=["10.1.0.0/24"])
    await outside.world.found()
    said = {"x_forwarded_proto": "https", "x_forwarded_for": "203.0.113.9"}
    async with outside.client(f"http://{NAME}", "10.1.0.7", **said) as client:
        answer = await client.post("/api/door/password", json=OWNER)
        assert answer.status_code == 200 and "Secure" in answer.headers["set-cookie"]
    signed_in = outside.world.house.told("SignedIn")[-1]
    assert signed_in.data["address"] == "203.0.113.9"
    async with outside.client(f"http://{NAME}", "10.2.0.7", **said) as client:
        assert (await client.post("/api/door/password", json=OWNER)).status_code == 403
    # What a client made up stands left of what the proxy appended.
    said["x_forwarded_for"] = "127.0.0.1, 203.0.113.10, 10.1.0.8"
    async with outside.client(f"http://{NAME}", "10.1.0.7", **said) as client:
        await client.post("/api/door/password", json=OWNER)
    assert outside.world.house.told("SignedIn")[-1].data["address"] == "203.0.113.10"
    said["x_forwarded_proto"] = "http"
    async with outside.client(f"http://{NAME}", "10.1.0.7", **said) as client:
        assert (await client.post("/api/door/password", json=OWNER)).status_code == 403


async def test_a_proxy_on_the_same_machine_makes_nobody_local(outside: Outside) -> None:
    await outside.open(proxies=["127.0.0.1"])
    for headers in ({"x_forwarded_proto": "https", "x_forwarded_for": "203.0.113.9"}, {"x_forwarded_proto": "https"}):
        for host in (NAME, "localhost"):
            async with outside.client(f"http://{host}", "127.0.0.1", **headers) as client:
                answer = await client.post("/api/door/owner", json=OWNER)
                assert answer.status_code == 403 and "setup code" in answer.text


# The doors


async def test_pairing_over_http(outside: Outside) -> None:
    mei = await outside.world.found()
    async with outside.secure(origin=f"https://{NAME}:8300", user_agent="iPad Safari") as client:
        offer = (await client.post("/api/door/pair/ask", json={})).json()
        assert offer["link"] == f"https://{NAME}:8300/#pair={offer['code'].replace('-', '')}"
        assert offer["qr"].startswith("<svg") and len(offer["signs"].split()) == 3
        assert (await client.post("/api/door/pair/poll", json={"key": offer["key"]})).json() == {"state": "waiting"}
        door = outside.world.door
        found = await door.joining.look(_actor(mei), mei.device.id, offer["code"])
        assert found.name == "Safari on iPad"
        await door.joining.confirm(
            _actor(mei), mei.device.id, offer["code"], found.signs, _terms("member"), outside.world.context()
        )
        answer = await client.post("/api/door/pair/poll", json={"key": offer["key"]})
        assert answer.json()["state"] == "in" and "token" not in answer.json()
        token = client.cookies["wayhome"]
        identity = door.identify(token)
        assert identity is not None and identity.role == "member"
        again = await client.post("/api/door/pair/poll", json={"key": offer["key"]})
        assert again.status_code == 404
        mine = keys.fresh()
        asked = {"keys": {"sign": mine.sign, "open": mine.open}}
        offer = (await client.post("/api/door/pair/ask", json=asked)).json()
        assert offer["signs"] == signs.of_keys(mine.sign, mine.open)
        for wrong in ({"sign": mine.sign, "open": "x"}, {"sign": mine.sign}):
            assert (await client.post("/api/door/pair/ask", json={"keys": wrong})).status_code in (400, 422)
        assert (await client.post("/api/door/out")).status_code == 204
        assert door.identify(token) is None


async def test_apps_get_the_token_itself_and_browsers_never(outside: Outside) -> None:
    await outside.world.found()
    body = OWNER | {"device": {"name": "Watch", "kind": "watch", "app": True}}
    async with outside.secure() as client:
        answer = await client.post("/api/door/password", json=body)
        token = answer.json()["token"]
        assert "set-cookie" not in answer.headers
        assert outside.world.door.identify(token) is not None
    async with outside.secure(origin=f"https://{NAME}:8300") as client:
        answer = await client.post("/api/door/password", json=body)
        assert "token" not in answer.json() and "set-cookie" in answer.headers
    async with outside.secure(authorization=f"Bearer {token}") as client:
        assert (await client.post("/api/door/out")).status_code == 204
    assert outside.world.door.identify(token) is None


async def test_the_last_owner_s_screen_signs_itself_out_only_when_it_is_sure(outside: Outside) -> None:
    entered = await outside.world.found()
    outside.world.last = {entered.device.id}
    async with outside.secure(authorization=f"Bearer {entered.token}") as client:
        refused = await client.post("/api/door/out")
        assert (refused.status_code, refused.json()["code"]) == (409, "last_owners_screen")
        assert outside.world.door.identify(entered.token) is not None
        assert (await client.post("/api/door/out?sure=true")).status_code == 204
    assert outside.world.door.identify(entered.token) is None


async def test_adding_a_passkey_needs_a_fresh_sign_in(outside: Outside) -> None:
    await outside.world.found()
    entered = await outside.world.door.sign_in.password(FAR, Arrival("x"), "mei", GOOD)
    async with outside.secure() as client:
        assert (await client.post("/api/door/passkey/add/options")).status_code == 401
        client.cookies.set("wayhome", entered.token)
        assert (await client.post("/api/door/passkey/add/options")).status_code == 200
        outside.world.clock.time += 301
        answer = await client.post("/api/door/passkey/add/options")
        assert answer.status_code == 403 and answer.json()["code"] == "fresh_sign_in_needed"


@pytest.mark.parametrize(
    "path", ["owner", "owner/options", "password", "passkey/verify", "pair/ask", "pair/poll", "pair/accept"]
)
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"7", b'"x"', b"{", b"\xff\xfe", b'{"name":{}}', b"[" * 5_000])
async def test_nonsense_gets_a_clear_answer(outside: Outside, path: str, body: bytes) -> None:
    async with outside.secure() as client:
        answer = await client.post(f"/api/door/{path}", content=body, headers={"content-type": "application/json"})
        assert 200 <= answer.status_code < 500
    assert not outside.world.house.records("person")


async def test_over_a_real_connection() -> None:
    async with site() as here, httpx.AsyncClient(verify=here.trust) as client:
        base = f"https://localhost:{here.port}"
        state = (await client.get(base + "/api/door")).json()
        assert state["owner"] is False and state["code"] is False
        await client.post(base + "/api/door/owner", json=OWNER)
        assert (await client.get(base + "/api/door")).json()["owner"] is True


@given(st.text(max_size=500))
def test_any_user_agent_is_read(agent: str) -> None:
    assert " on " in browser(agent).name


@given(st.binary(max_size=80))
def test_any_host_header_is_read(raw: bytes) -> None:
    assert isinstance(host_of({"headers": [(b"host", raw)]}), str)


def _actor(entered: Any) -> Any:
    from tests.features.people.house import actor

    return actor(entered)


def _terms(role: Any) -> Any:
    from wayhome.features.people.model import Terms

    return Terms("mei", role)
