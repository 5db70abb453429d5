"""Each real peer does what other tests rely on."""

from __future__ import annotations

import asyncio
import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
import dns.update
import httpx
import nats as nats_client
import paho.mqtt.client as mqtt
import pytest
from playwright.async_api import Error, async_playwright

from tests.peers.acme import ZONE, Names, Pebble
from tests.peers.certificates import self_signed
from tests.peers.chromium import launch_options, trust
from tests.peers.mosquitto import Mosquitto
from tests.peers.nats import Nats
from tests.peers.program import PORTS, Program, find, free_port

pytestmark = [pytest.mark.anyio, pytest.mark.real]


def test_mosquitto_carries_a_message(mosquitto: Mosquitto) -> None:
    heard: list[bytes] = []
    done = threading.Event()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_subscribe = lambda *_: client.publish("home/lamp", b"on")
    client.on_message = lambda _c, _u, message: (heard.append(message.payload), done.set())
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    client.subscribe("home/#")
    assert done.wait(45)
    client.loop_stop()
    assert heard == [b"on"]


async def test_nats_carries_a_message(nats: Nats) -> None:
    client = await nats_client.connect(nats.url)
    heard = await client.subscribe("home.>")
    await client.publish("home.lamp", b"on")
    assert (await heard.next_msg(45)).data == b"on"
    await client.close()


def test_the_name_server_takes_signed_changes_only(names: Names) -> None:
    update = dns.update.UpdateMessage(
        ZONE,
        keyring=dns.tsigkeyring.from_text({names.key_name: names.key}),
        keyalgorithm=dns.tsig.HMAC_SHA256,
    )
    update.add("_acme-challenge.home", 1, "TXT", '"proof"')
    assert dns.query.udp(update, "127.0.0.1", 30, port=names.port).rcode() == 0
    question = dns.message.make_query(f"_acme-challenge.home.{ZONE}", dns.rdatatype.TXT)
    assert "proof" in dns.query.udp(question, "127.0.0.1", 30, port=names.port).to_text()
    unsigned = dns.update.UpdateMessage(ZONE)
    unsigned.add("evil", 1, "A", "127.0.0.2")
    assert dns.query.udp(unsigned, "127.0.0.1", 30, port=names.port).rcode() != 0


def test_pebble_answers_under_its_own_authority(pebble: Pebble) -> None:
    trusting = ssl.create_default_context(cafile=str(pebble.authority))
    assert "newOrder" in httpx.get(pebble.directory, verify=trusting, timeout=30).json()
    assert "BEGIN CERTIFICATE" in pebble.root()


@pytest.fixture
def secure_page(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A page at https://door.wayhome.test:<port>/, and its authority."""
    certificate, key = self_signed(tmp_path, "door.wayhome.test")

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<title>door</title>")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, certificate
    server.shutdown()
    server.server_close()


async def test_chromium_trusts_what_was_installed_and_nothing_else(
    secure_page: tuple[int, Path], tmp_path: Path
) -> None:
    port, authority = secure_page
    address = f"https://door.wayhome.test:{port}/"
    async with async_playwright() as playwright:
        for home, trusted in ((tmp_path / "stranger", False), (tmp_path / "member", True)):
            home.mkdir()
            if trusted:
                trust(home, authority)
            browser = await playwright.chromium.launch(**launch_options(home, ["door.wayhome.test"]))
            page = await browser.new_page()
            if trusted:
                await page.goto(address)
                assert await page.title() == "door"
                assert await page.evaluate("isSecureContext && 'serviceWorker' in navigator")
            else:
                with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
                    await page.goto(address)
            await browser.close()


def test_a_free_port_is_given_to_nobody_else() -> None:
    ports = [free_port() for _ in range(500)]
    assert len(set(ports)) == 500 and set(ports) <= set(PORTS)


def test_a_peer_that_is_missing_is_named() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"'no-such-program'.*script/setup"):
        find("no-such-program")


async def test_a_peer_ends_with_the_test_run(tmp_path: Path) -> None:
    peer = Program("sleep", ["sleep", "600"], tmp_path)
    peer.start(lambda: True)
    assert peer.running
    # What a killed test run does: its end of the reaper's pipe closes.
    peer._reaper.stdin.close()
    for _ in range(900):
        if not peer.running:
            break
        await asyncio.sleep(0.05)
    assert not peer.running
    peer.kill()
