"""Home Assistant's address: what people type, and whether a Home Assistant is there.

An address typed by a person makes the hub ask a machine of the home network. So only http and https, no user and
password in it, no link-local targets (where clouds keep their machines' credentials), little time, small answers,
and nothing of an answer is shown but whether it was Home Assistant.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec

from wayhome.errors import BadInput, LinkError, Unreachable

PORT = 8123
TIME = 10.0
MAX_ANSWER = 256 * 1024
MAX_REDIRECTS = 5
_LOCAL = (".local", ".lan", ".home", ".internal", ".home.arpa", ".localdomain", ".fritz.box")


def addresses(typed: str) -> tuple[str, ...]:
    """What a person may have meant, likeliest first: ``homeassistant.local`` -> ``http://homeassistant.local:8123``,
    ``https://homeassistant.local``... Raises BadInput for what can't be an address."""
    text = typed.strip()
    if not text or len(text) > 300 or any(c.isspace() or ord(c) < 32 for c in text):
        raise BadInput("that is no address", advice="Type it as your browser shows it: homeassistant.local:8123")
    if "://" in text:
        return (_checked(text),)
    try:
        host = urlsplit(f"http://{text}").hostname or ""
    except ValueError:
        raise BadInput("that is no address") from None
    if _port(f"http://{text}") is not None:
        first, second = f"http://{text}", f"https://{text}"
        return (_checked(first), _checked(second))
    stem = text.split("/")[0]
    at_home = "." not in host or host.endswith(_LOCAL) or _address(host) is not None
    guesses = [f"http://{stem}:{PORT}", f"https://{stem}", f"http://{stem}"]
    if not at_home:
        guesses = [f"https://{stem}", f"https://{stem}:{PORT}", f"http://{stem}:{PORT}"]
    return tuple(_checked(guess) for guess in guesses)


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        raise BadInput("that is no port", advice="Home Assistant's is 8123, unless you changed it.") from None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _checked(url: str) -> str:
    """An address as ``scheme://host[:port]``. Home Assistant always lives at the root, so paths are dropped."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise BadInput("that is no address") from None
    if parts.scheme not in ("http", "https"):
        raise BadInput("an address begins with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise BadInput("leave user and password out of the address", advice="You sign in on the next page.")
    if not host or any(c in host for c in "\\%?#@[]"):
        raise BadInput("that is no address")
    port = _port(url)
    ip = _address(host)
    if ip is not None and (ip.is_link_local or ip.is_multicast or ip.is_unspecified):
        raise BadInput("Home Assistant can't be at that address")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            raise BadInput("that is no address") from None
    shown = f"[{host}]" if ip is not None and ip.version == 6 else host
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, default) else "")


async def fetched(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    data: dict[str, str] | None = None,
    content: bytes | None = None,
    headers: dict[str, str] | None = None,
    most: int = MAX_ANSWER,
) -> tuple[int, httpx.Headers, bytes]:
    """Status, headers and body, within ``TIME`` s and ``most`` bytes, without following redirects. Raises
    Unreachable, LinkError."""
    # Nothing is unpacked: of an answer in which a kilobyte becomes gigabytes, ``most`` would be asked too late.
    plain = {**(headers or {}), "Accept-Encoding": "identity"}
    try:
        async with (
            asyncio.timeout(TIME),
            http.stream(method, url, data=data, content=content, headers=plain, follow_redirects=False) as answer,
        ):
            body = bytearray()
            async for part in answer.aiter_raw():
                body += part
                if len(body) > most:
                    raise LinkError(f"{url.partition('?')[0]} sends more than {most // 1024} kB")
            return answer.status_code, answer.headers, bytes(body)
    except (TimeoutError, httpx.TimeoutException):
        raise Unreachable(f"{_where(url)} did not answer within {TIME:g} s") from None
    except httpx.ConnectError as error:
        if isinstance(error.__cause__, ssl.SSLError) or "certificate" in str(error).lower():
            raise Unreachable(
                f"the certificate of {_where(url)} can't be trusted",
                advice="Use a name that its certificate is for, or its http:// address inside your home.",
            ) from None
        raise Unreachable(f"nothing answers at {_where(url)}") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Unreachable(f"{_where(url)} answers, but not like a web server ({type(error).__name__})") from None


def _where(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def find(typed: str, http: httpx.AsyncClient) -> str:
    """The base address of the Home Assistant that a person meant, redirects followed. Raises BadInput, Unreachable."""
    trouble: LinkError | BadInput = Unreachable("nothing answers there")
    for guess in addresses(typed):
        try:
            return await _settled(guess, http)
        except LinkError as error:
            trouble = error
        except BadInput as error:
            trouble = error
    raise trouble


async def _settled(base: str, http: httpx.AsyncClient) -> str:
    url = f"{base}/auth/providers"
    for _ in range(MAX_REDIRECTS):
        status, headers, body = await fetched(http, "GET", url)
        if 300 <= status < 400 and "location" in headers:
            url = urljoin(url, headers["location"])
            if base.startswith("https://") and not url.startswith("https://"):
                raise BadInput("that address leads from a secure to an insecure one")
            base = _checked(url)
            continue
        if _is_home_assistant(status, body):
            return base
        raise Unreachable(
            f"what answers at {base} is not Home Assistant", advice="Type the address as your browser shows it."
        )
    raise Unreachable(f"{base} sends us round in circles")


def _is_home_assistant(status: int, body: bytes) -> bool:
    """Whether this is the answer of ``/auth/providers``: its providers, or that nobody has set it up yet."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return False
    if not isinstance(answer, dict):
        return False
    if status == 400 and answer.get("code") == "onboarding_required":
        raise Unreachable("that Home Assistant is not set up yet", advice="Open it in a browser and finish its set-up.")
    return status == 200 and isinstance(answer.get("providers"), list)
