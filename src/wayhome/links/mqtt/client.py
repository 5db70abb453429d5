"""The connection to one broker: sign in, listen, say. Everything that can fail is a LinkError."""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import batched
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from wayhome import log
from wayhome.errors import AuthNeeded, LinkError, Refused, Unreachable
from wayhome.links.mqtt.entity import Out
from wayhome.links.mqtt.settings import Settings

CONNECT_TIME, ANSWER_TIME = 10.0, 10.0
KEEPALIVE = 15
MAX_MESSAGE = 12 * 2**20
"""Bytes of one message, a picture of 8 MB in base64 among them. The broker is told: it keeps longer ones to itself."""
AT_ONCE = 100
"""So many topics are asked for in one message."""
_SIGN_IN = frozenset({4, 5, 134, 135, 138, 140})
"""Reason codes: bad user name or password, not authorized, banned, bad authentication method."""
_OLD = frozenset({1, 132})
"""The broker speaks only an older MQTT than 5."""

type Told = Callable[[str, bytes, bool], None]
"""Topic, message, and whether it is one that the broker kept from before."""


class Connection:
    """One open connection."""

    def __init__(self, client: aiomqtt.Client, expiry: bool = False) -> None:
        self._client = client
        self._expiry = expiry

    async def closed(self) -> None:
        """Wait until it ends; then raise why."""
        try:
            async for _ in self._client.messages:
                pass
        except aiomqtt.MqttError as error:
            raise Unreachable(f"the broker closed the connection ({_words(error)})") from None
        raise Unreachable("the broker closed the connection")

    async def listen(self, topics: Sequence[str], qos: int = 0) -> list[str]:
        """Listen to topics. Returns those that the broker does not let us hear. Raises Unreachable."""
        refused: list[str] = []
        for some in batched(topics, AT_ONCE):
            try:
                answers = await self._client.subscribe([(topic, qos) for topic in some], timeout=ANSWER_TIME)
            except aiomqtt.MqttError as error:
                raise Unreachable(f"the broker did not answer ({_words(error)})") from None
            for topic, answer in zip(some, answers, strict=False):
                code = answer.value if isinstance(answer, ReasonCode) else answer
                if isinstance(code, int) and code >= 128:
                    refused.append(topic)
        return refused

    async def forget(self, topics: Sequence[str]) -> None:
        """Listen to these no longer."""
        for some in batched(topics, AT_ONCE):
            with contextlib.suppress(aiomqtt.MqttError):
                await self._client.unsubscribe(list(some), timeout=ANSWER_TIME)

    async def say(self, out: Out, within: float = ANSWER_TIME, expires: bool = False) -> None:
        """Send a message; with QoS 1 or 2 wait until the broker has it. ``expires``: it must not come later than
        ``within``; a broker that speaks MQTT 5 sees to that also for a device that is away. Raises Unreachable."""
        properties: Any = None
        if expires and self._expiry and not out.retain:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.MessageExpiryInterval = max(1, math.ceil(within))
        try:
            await self._client.publish(
                out.topic, out.payload, out.qos, out.retain, timeout=within, properties=properties
            )
        except (aiomqtt.MqttError, ValueError) as error:
            raise Unreachable(f"the broker did not take it ({_words(error)})") from None


@contextlib.asynccontextmanager
async def connected(
    settings: Settings, password: str | None, told: Told, name: str, will: Out | None = None
) -> AsyncIterator[Connection]:
    """Connect to the broker and sign in. ``told`` gets each message at once; ``will`` is what the broker says when this
    connection breaks. Raises AuthNeeded, Refused, Unreachable."""

    class Straight(asyncio.Queue[aiomqtt.Message]):
        """Hands each message on instead of keeping it: a task for each would cost more than the message."""

        def put_nowait(self, item: aiomqtt.Message) -> None:
            try:
                told(str(item.topic), item.payload if isinstance(item.payload, bytes) else b"", bool(item.retain))
            except Exception:
                # A message that nobody foresaw must cost only itself: paho would hand it over again for ever.
                log.get("links").exception("a message was not understood", topic=str(item.topic)[:200])

    client: aiomqtt.Client | None = None
    expiry = False
    for version in (aiomqtt.ProtocolVersion.V5, aiomqtt.ProtocolVersion.V311):
        made = _client(settings, password, name, will, version, Straight)
        try:
            await made.__aenter__()
        except aiomqtt.MqttError as error:
            if _code(error) in _OLD and version is aiomqtt.ProtocolVersion.V5:
                continue
            raise trouble(settings, error) from None
        client, expiry = made, version is aiomqtt.ProtocolVersion.V5
        break
    assert client is not None
    try:
        yield Connection(client, expiry)
    finally:
        with contextlib.suppress(aiomqtt.MqttError):
            await client.__aexit__(None, None, None)


def _client(
    settings: Settings,
    password: str | None,
    name: str,
    will: Out | None,
    version: aiomqtt.ProtocolVersion,
    queue: type[asyncio.Queue[aiomqtt.Message]],
) -> aiomqtt.Client:
    properties: Any = None
    if version is aiomqtt.ProtocolVersion.V5:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.MaximumPacketSize = MAX_MESSAGE
    return aiomqtt.Client(
        settings.host,
        settings.port,
        username=settings.user or None,
        password=password or None,
        identifier=name,
        protocol=version,
        clean_session=None if version is aiomqtt.ProtocolVersion.V5 else True,
        clean_start=True,
        queue_type=queue,
        timeout=CONNECT_TIME,
        keepalive=KEEPALIVE,
        properties=properties,
        tls_context=settings.context(),
        will=None if will is None else aiomqtt.Will(will.topic, will.payload, will.qos, will.retain),
        socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        max_queued_outgoing_messages=10_000,
    )


def trouble(settings: Settings, error: aiomqtt.MqttError) -> LinkError:
    """Why there is no connection, as our error."""
    code, words = _code(error), _words(error)
    at = f"{settings.host}:{settings.port}"
    if code in _SIGN_IN:
        return AuthNeeded(f"the broker at {at} does not take this user and password ({words})")
    if code is not None and code >= 128:
        return Refused(f"the broker at {at} does not let us in ({words})")
    low = words.lower()
    if "certificate" in low:
        return Refused(
            f"the certificate of {at} can't be trusted ({words})",
            advice="Give the certificate (CA) that the broker's was made with, and use a name that it is for.",
        )
    if "ssl" in low or "tls" in low:
        return Unreachable(f"{at} does not speak TLS ({words})", advice="Turn TLS off, or use the broker's TLS port.")
    return Unreachable(
        f"there is no MQTT broker at {at} ({words})",
        advice="See whether it runs, and whether address and port are right.",
    )


def _code(error: aiomqtt.MqttError) -> int | None:
    rc = getattr(error, "rc", None)
    value = rc.value if isinstance(rc, ReasonCode) else rc
    return value if isinstance(value, int) else None


def _words(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:160]
