"""Cameras: ``camera``, whose topic brings pictures, and ``image`` where it does the same."""

from __future__ import annotations

import binascii

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.links.mqtt.entity import Draft, Entity, Pictured


def camera(draft: Draft) -> Entity | None:
    return _pictured(draft, "topic")


def image(draft: Draft) -> Entity | None:
    """One that gives an address instead of a picture is none of ours: the hub fetches nothing that a device names."""
    return _pictured(draft, "image_topic")


def _pictured(draft: Draft, name: str) -> Entity | None:
    topic = draft.config.topic(name)
    if topic is None:
        return None
    signals = {"camera.state": Refinement(fixed=True), "camera.film": Refinement(fixed=True)}
    made = Entity("camera", signals, (), {})
    return msgspec.structs.replace(made, pictures=Pictured(topic, draft.config.text("image_encoding") == "b64"))


def decoded(payload: bytes, base64: bool) -> bytes:
    """A message's picture; empty where it is none."""
    if not base64:
        return payload
    try:
        return binascii.a2b_base64(payload)
    except (binascii.Error, ValueError):
        return b""
