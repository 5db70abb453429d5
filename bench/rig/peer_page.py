"""Home Assistant with its own pages set up, and a browser signed in to them."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
from tests.peers.homeassistant import PASSWORD, USER, HomeAssistant


class PeerPage:
    """The pages of a started Home Assistant. ``url`` is where browsers find it; ``script`` signs them in: what its own
    page leaves in the browser after a sign-in."""

    def __init__(self, peer: HomeAssistant) -> None:
        self.url = f"http://localhost:{peer.port}"
        self._client = f"{self.url}/"
        with httpx.Client(base_url=self.url, timeout=60) as http:
            owner = {"Authorization": f"Bearer {peer.token}"}
            for step in ("core_config", "analytics"):
                http.post(f"/api/onboarding/{step}", json={}, headers=owner).raise_for_status()
            kept = self._sign_in(http)
            last = {"client_id": self._client, "redirect_uri": self._client}
            person = {"Authorization": f"Bearer {kept['access_token']}"}
            http.post("/api/onboarding/integration", json=last, headers=person).raise_for_status()
        kept.update(hassUrl=self.url, clientId=self._client, expires=int((time.time() + kept["expires_in"]) * 1000))
        self.script = f"localStorage['hassTokens'] = {json.dumps(json.dumps(kept))};"

    def _sign_in(self, http: httpx.Client) -> dict[str, Any]:
        ask = {"client_id": self._client, "handler": ["homeassistant", None], "redirect_uri": self._client}
        flow = http.post("/auth/login_flow", json=ask).raise_for_status().json()["flow_id"]
        who = {"client_id": self._client, "username": USER, "password": PASSWORD}
        code = http.post(f"/auth/login_flow/{flow}", json=who).raise_for_status().json()["result"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": self._client}
        kept: dict[str, Any] = http.post("/auth/token", data=form).raise_for_status().json()
        kept.pop("ha_auth_provider", None)
        return kept
