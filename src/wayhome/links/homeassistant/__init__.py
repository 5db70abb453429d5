"""Home Assistant: its devices, areas and cars join the household, and take its wishes."""

from __future__ import annotations

import secrets

from wayhome.hub.link import Link
from wayhome.links.homeassistant.login import Login
from wayhome.links.homeassistant.run import open_run
from wayhome.links.homeassistant.settings import Settings

link = Link(
    name="homeassistant",
    title="Home Assistant",
    config=Settings,
    open=open_run,
    secrets=("token", "refresh_token", "lock_code", "alarm_code"),
    about="Everything that your Home Assistant knows, with its areas and names, and the cars in it.",
    sign_in=Login(secrets.token_urlsafe),
)
