"""Still pictures: of cameras, and of what players play."""

from __future__ import annotations

import httpx

from wayhome.errors import NotFound, Unreachable
from wayhome.hub.link import Picture
from wayhome.links.homeassistant.address import fetched
from wayhome.links.homeassistant.login import Access

MAX_PICTURE = 8 * 2**20


async def still(http: httpx.AsyncClient, access: Access, base: str, entity: str) -> Picture:
    """A camera's picture of now, or a player's of what plays. Raises NotFound when there is no such entity,
    Unreachable when it sends none."""
    door = "media_player_proxy" if entity.startswith("media_player.") else "camera_proxy"
    for last in (False, True):
        headers = {"Authorization": f"Bearer {await access.token()}"}
        url = f"{base}/api/{door}/{entity}"
        status, answered, body = await fetched(http, "GET", url, headers=headers, most=MAX_PICTURE)
        if status != 401 or last:
            break
        access.forget()  # its time may have run out by Home Assistant's clock
    kind = answered.get("content-type", "").partition(";")[0].strip().lower()
    if status == 404:
        raise NotFound(f"Home Assistant has no {entity}")
    # Only pictures that can't run anything in a browser.
    if status != 200 or not kind.startswith("image/") or kind == "image/svg+xml" or not body:
        raise Unreachable(f"it sends no picture (Home Assistant answered {status})")
    return Picture(body, "image/jpeg" if kind == "image/jpg" else kind)
