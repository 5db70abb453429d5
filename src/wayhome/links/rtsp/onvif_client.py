"""Asking a camera by ONVIF: where its film is, and whatever else. Everything that can fail is a LinkError."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit
from xml.sax.saxutils import escape

import httpx
import msgspec

from wayhome.errors import AuthNeeded, LinkError, Refused, Unreachable
from wayhome.links.rtsp import digest, onvif
from wayhome.links.rtsp.onvif import Node, Profile

WITHIN = 5.0
WHOLE = 10.0
"""So long, in s, an answer may take that need not wait for anything: it may come byte by byte, each of them in time."""
CLOCK_AGAIN = 10.0
"""A camera that does not let us in is asked for its time again, no more often than in so many s."""
AGES = 100 * 366 * 86_400.0
"""A clock that is so far off, in s, is none."""
MAX_ANSWER = 2**20
FILMS = ("H264", "JPEG")
"""The kinds of films that we pass on, the better first."""


class Where(msgspec.Struct, frozen=True):
    """Where a camera's film is, and what the camera is."""

    url: str
    maker: str | None
    model: str | None


class Services:
    """The services of one camera. ``url``: of its device service."""

    def __init__(self, http: httpx.AsyncClient, url: str, user: str | None, password: str) -> None:
        self._http = http
        self._url = url
        self._user = user
        self._password = password
        self._ahead = 0.0
        """How much the camera's clock is ahead of ours, in s."""
        self._looked = float("-inf")
        """When it was looked at, by the loop's clock."""

    async def where(self, profile: str | None) -> Where:
        """Where its film is: of the profile with this token, else of its first one in H.264. Raises LinkError."""
        await self.set_clock()
        about = await self.ask(self._url, onvif.DEVICE, "<GetDeviceInformation/>")
        services = await self.ask(
            self._url, onvif.DEVICE, "<GetCapabilities><Category>Media</Category></GetCapabilities>"
        )
        media = self.here(services.said("Media", "XAddr") or self._url)
        offered = onvif.profiles(await self.ask(media, onvif.MEDIA, "<GetProfiles/>"))
        chosen = choose(offered, profile)
        body = (
            '<GetStreamUri><StreamSetup><Stream xmlns="http://www.onvif.org/ver10/schema">RTP-Unicast</Stream>'
            '<Transport xmlns="http://www.onvif.org/ver10/schema"><Protocol>RTSP</Protocol></Transport></StreamSetup>'
            f"<ProfileToken>{escape(chosen.token)}</ProfileToken></GetStreamUri>"
        )
        answer = await self.ask(media, onvif.MEDIA, body)
        url = answer.said("MediaUri", "Uri") or answer.said("Uri")
        if not url.startswith("rtsp://"):
            raise Refused("the camera tells no address of its film")
        return Where(self.here(url), about.said("Manufacturer")[:100] or None, about.said("Model")[:100] or None)

    def here(self, url: str) -> str:
        """An address of the camera's, at the host by which we know it: cameras behind a router tell others, and to
        nobody else the password is said. Raises Refused."""
        try:
            said, ours = urlsplit(url), urlsplit(self._url)
            host = f"[{ours.hostname}]" if ours.hostname and ":" in ours.hostname else ours.hostname
            port = f":{said.port}" if said.port else ""
        except ValueError:
            raise Refused(f"the camera tells an address that is none: {url[:80]!r}") from None
        return urlunsplit((said.scheme, f"{host}{port}", said.path, said.query, ""))

    async def set_clock(self) -> None:
        """By the camera's clock its logins count. One that does not say it to strangers dates its answers."""
        self._looked = asyncio.get_running_loop().time()
        status, headers, answer = await self._post(
            self._url, onvif.question(onvif.DEVICE, "<GetSystemDateAndTime/>"), None
        )
        ours = datetime.now(UTC)
        theirs = onvif.clock(answer) if status == 200 and answer is not None else None
        if theirs is None and "date" in headers:
            try:
                theirs = parsedate_to_datetime(headers["date"])
            except (ValueError, OverflowError):
                theirs = None
        if theirs is not None and theirs.tzinfo is not None and abs((theirs - ours).total_seconds()) < AGES:
            self._ahead = (theirs - ours).total_seconds()

    async def _clock_was_set(self) -> bool:
        """Whether the camera's clock, or ours, was set since it was looked at: many learn what time it is a moment
        after they have begun."""
        if asyncio.get_running_loop().time() - self._looked < CLOCK_AGAIN:
            return False
        before = self._ahead
        await self.set_clock()
        return abs(self._ahead - before) > 1.0

    def now(self) -> float:
        """What the camera's clock says, s since 1970."""
        return datetime.now(UTC).timestamp() + self._ahead

    async def ask(self, url: str, namespace: str, body: str, head: str = "", within: float = WITHIN) -> Node:
        """The answer of the service at ``url``. ``head``: see ``onvif.question``; ``within``: how long it may let us
        wait, in s. Raises LinkError."""
        try:
            return await self._ask(url, namespace, body, head, within)
        except AuthNeeded:
            if not self._user or not await self._clock_was_set():
                raise
            return await self._ask(url, namespace, body, head, within)

    async def _ask(self, url: str, namespace: str, body: str, head: str, within: float) -> Node:
        login = None
        if self._user:
            now = datetime.fromtimestamp(self.now(), UTC)
            login = onvif.Login(self._user, self._password, now, secrets.token_bytes(16))
        data = onvif.question(namespace, body, login, head)
        status, headers, answer = await self._post(url, data, None, within)
        if status == 401 and self._user:
            # Some want HTTP's own Digest instead, or beside.
            asked = digest.challenge(headers.get_list("www-authenticate"))
            if asked is not None and asked.algorithm is not None:
                path = urlsplit(url).path or "/"
                word = asked.answer("POST", path, self._user, self._password, secrets.token_hex(8))
                status, headers, answer = await self._post(url, data, word, within)
        fault = answer.find("Fault") if answer is not None else None
        why = fault.said("Reason", "Text")[:200] if fault is not None else ""
        subcode = " ".join(node.text for node in fault.all("Value")) if fault is not None else ""
        if status in (401, 403) or "NotAuthorized" in subcode or "FailedAuthentication" in subcode:
            word = "does not take this user and password" if self._user else "asks for a user and a password"
            raise AuthNeeded(f"the camera {word}")
        if status != 200 or answer is None or fault is not None:
            raise Refused(f"the camera says {why or status}")
        return answer

    async def _post(
        self, url: str, data: bytes, authorization: str | None, within: float = WITHIN
    ) -> tuple[int, httpx.Headers, Node | None]:
        headers = {"Content-Type": "application/soap+xml; charset=utf-8", "Accept-Encoding": "identity"}
        if authorization is not None:
            headers["Authorization"] = authorization
        try:
            body = bytearray()
            async with (
                asyncio.timeout(max(0.0, within - WITHIN) + WHOLE),
                self._http.stream("POST", url, content=data, headers=headers, timeout=within) as answer,
            ):
                async for piece in answer.aiter_raw():  # never unpacked: a kilobyte may become gigabytes
                    body += piece
                    if len(body) > MAX_ANSWER:
                        raise Refused("the camera answers without end")
        except TimeoutError:
            raise Unreachable("the camera's answer does not come to its end") from None
        except httpx.InvalidURL:
            raise Refused(f"the camera tells an address that is none: {url[:80]!r}") from None
        except httpx.HTTPError as error:
            raise Unreachable(f"the camera does not answer ({type(error).__name__})") from None
        try:
            return answer.status_code, answer.headers, onvif.read(bytes(body))
        except onvif.Strange as error:
            if answer.status_code == 200:
                raise Refused(f"this is no camera's address: {error}") from None
            return answer.status_code, answer.headers, None


def choose(offered: list[Profile], token: str | None) -> Profile:
    """The profile that is wanted, else the first in H.264, else in JPEG. Raises Refused."""
    wanted = [one for one in offered if one.token == token] if token else offered
    chosen = next((one for kind in FILMS for one in wanted if one.encoding == kind), None)
    if chosen is None:
        kinds = ", ".join(sorted({one.encoding for one in wanted if one.encoding})) or "no film"
        error: LinkError = Refused(
            f"the camera offers {kinds}, neither H.264 nor JPEG", advice="Set one of its films to H.264."
        )
        raise error
    return chosen


async def find_film(url: str, user: str | None, password: str | None, profile: str | None) -> Where:
    """Where the film of the camera is whose device service is at ``url``. Raises LinkError."""
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as http:
        return await Services(http, url, user, password or "").where(profile)
