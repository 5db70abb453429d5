"""Turning cameras, on ONVIF's wire: what one can do, and the questions. Pure."""

from __future__ import annotations

from xml.sax.saxutils import escape

import msgspec

from wayhome.links.rtsp.onvif import Node

PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
_SCHEMA = "http://www.onvif.org/ver10/schema"
WAYS: dict[str, tuple[float, float, float]] = {
    "left": (-1.0, 0.0, 0.0),
    "right": (1.0, 0.0, 0.0),
    "up": (0.0, 1.0, 0.0),
    "down": (0.0, -1.0, 0.0),
    "in": (0.0, 0.0, 1.0),
    "out": (0.0, 0.0, -1.0),
}
"""Pan, tilt and zoom of each way."""
MAX_PRESETS, MAX_NAME = 100, 60


class Turnable(msgspec.Struct, frozen=True):
    """What of a camera can be turned. ``url``: of its service for that; ``profile``: the token of its film."""

    url: str
    profile: str
    pans: bool
    zooms: bool
    presets: dict[str, str] = {}
    """Tokens by name."""

    @property
    def ways(self) -> tuple[str, ...]:
        return (*(way for way, (_, _, zoom) in WAYS.items() if (self.zooms if zoom else self.pans)), "stop")


def node(films: Node, profile: str) -> str | None:
    """The token of what turns the film with this token (GetProfiles); None: nothing does."""
    for one in films.all("Profiles"):
        if one.attributes.get("token") == profile:
            found = one.find("PTZConfiguration") or one.find("PTZ")
            return found.said("NodeToken") or None if found is not None else None
    return None


def moves(answer: Node) -> tuple[bool, bool]:
    """Whether it turns and whether it zooms (GetNode)."""
    spaces = answer.find("SupportedPTZSpaces")
    if spaces is None:
        return False, False
    names = ("ContinuousPanTiltVelocitySpace", "ContinuousZoomVelocitySpace")
    pans, zooms = (spaces.find(name) is not None for name in names)
    return pans, zooms


def presets(answer: Node) -> dict[str, str]:
    """The tokens of the positions that have a name, by it (GetPresets). Of two with one name the second is numbered."""
    found: dict[str, str] = {}
    for one in answer.all("Preset"):
        token = one.attributes.get("token", "")
        name = "".join(sign for sign in one.said("Name")[:MAX_NAME] if sign.isprintable()).strip() or token[:MAX_NAME]
        if not token or not name or len(token) > 200 or len(found) >= MAX_PRESETS:
            continue
        base, n = name, 2
        while name in found:
            name, n = f"{base} {n}", n + 1
        found[name] = token
    return found


def get_node(token: str) -> str:
    return f"<GetNode><NodeToken>{escape(token)}</NodeToken></GetNode>"


def get_presets(profile: str) -> str:
    return f"<GetPresets><ProfileToken>{escape(profile)}</ProfileToken></GetPresets>"


def move(can: Turnable, pan: float, tilt: float, zoom: float, seconds: int) -> str:
    """Turn with these speeds (-1 to 1), for so long where the camera heeds that. Only what it can do is said."""
    turn = f'<PanTilt x="{pan:.2f}" y="{tilt:.2f}" xmlns="{_SCHEMA}"/>' if can.pans else ""
    turn += f'<Zoom x="{zoom:.2f}" xmlns="{_SCHEMA}"/>' if can.zooms else ""
    return (
        f"<ContinuousMove><ProfileToken>{escape(can.profile)}</ProfileToken><Velocity>{turn}</Velocity>"
        f"<Timeout>PT{seconds}S</Timeout></ContinuousMove>"
    )


def stop(can: Turnable) -> str:
    """Only of what it can do: some take no stop of a zoom that they don't have."""
    both = ("<PanTilt>true</PanTilt>" if can.pans else "") + ("<Zoom>true</Zoom>" if can.zooms else "")
    return f"<Stop><ProfileToken>{escape(can.profile)}</ProfileToken>{both}</Stop>"


def go_to(can: Turnable, token: str) -> str:
    return (
        f"<GotoPreset><ProfileToken>{escape(can.profile)}</ProfileToken>"
        f"<PresetToken>{escape(token)}</PresetToken></GotoPreset>"
    )
