"""Uvicorn, as the hub needs it."""

from __future__ import annotations

from typing import Any

import uvicorn

from wayhome.web.live_socket import MAX_MESSAGE, SharedFrames
from wayhome.web.patience import Patient


def uvicorn_config(app: Any, **more: Any) -> uvicorn.Config:
    """Shared frames, no compression, small messages, no access log; the caller's loop."""
    return uvicorn.Config(
        app,
        http=Patient,
        ws=SharedFrames,
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
        loop="none",
        **more,
    )
