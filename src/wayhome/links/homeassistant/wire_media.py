"""Players, cameras and robots: media_player, camera, vacuum, lawn_mower."""

from __future__ import annotations

from datetime import datetime
from mimetypes import guess_type
from zlib import crc32

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.links.homeassistant.wire_attributes import (
    Call,
    Entity,
    as_flag,
    as_number,
    as_text,
    choices,
    percent,
)
from wayhome.links.homeassistant.wire_domain import Domain, Facts, Signals, Wanted, always, unknown_signal

# media_player.const.MediaPlayerEntityFeature
PAUSE, VOLUME_SET, VOLUME_MUTE, PREVIOUS, NEXT = 1, 4, 8, 16, 32
SEEK, TURN_ON, TURN_OFF, PLAY_MEDIA, SOURCE, STOP, PLAY = 2, 128, 256, 512, 2_048, 4_096, 16_384
SEEK_STEP = 6.0
"""A player that was sent to a place goes on playing: seconds that its report may differ by, twice."""
_ABOUT = {
    "media_player.title": "media_title",
    "media_player.artist": "media_artist",
    "media_player.album": "media_album_name",
    "media_player.app": "app_name",
}


def _player_kind(entity: Entity) -> str:
    kind = entity.attributes.get("device_class")
    return kind if kind in ("tv", "speaker", "receiver") else "media_player"


def _player_signals(entity: Entity) -> Signals:
    signals: Signals = {"media_player.state": Refinement(), **dict.fromkeys(_ABOUT, Refinement())}
    signals |= dict.fromkeys(("media_player.duration", "media_player.picture"), Refinement())
    signals["media_player.media"] = Refinement(fixed=not entity.can(PLAY_MEDIA))
    signals["media_player.position"] = Refinement(fixed=not entity.can(SEEK), step=SEEK_STEP)
    switchable = entity.can(TURN_ON) or entity.can(TURN_OFF)
    signals["media_player.on"] = Refinement(fixed=not switchable)
    signals["media_player.playing"] = Refinement(fixed=not (entity.can(PLAY) or entity.can(PAUSE)))
    signals["media_player.volume"] = Refinement(fixed=not entity.can(VOLUME_SET))
    signals["media_player.muted"] = Refinement(fixed=not entity.can(VOLUME_MUTE))
    if entity.can(SOURCE):
        signals["media_player.source"] = choices(entity.words("source_list"))
    for feature, signal in (
        (NEXT, "media_player.next"),
        (PREVIOUS, "media_player.previous"),
        (STOP, "media_player.stop"),
    ):
        if entity.can(feature):
            signals[signal] = Refinement()
    return signals


def _player_facts(entity: Entity) -> Facts:
    state = entity.known
    return {
        "media_player.state": state,
        "media_player.on": None if state is None else state not in ("off", "standby"),
        "media_player.playing": None if state is None else state in ("playing", "buffering"),
        "media_player.volume": percent(entity.number("volume_level")),
        "media_player.muted": entity.flag("is_volume_muted"),
        "media_player.source": entity.text("source"),
        "media_player.position": _seconds(entity, "media_position"),
        "media_player.duration": _seconds(entity, "media_duration"),
        "media_player.picture": _mark(entity),
        "media_player.media": entity.text("media_content_id"),
        **{signal: entity.text(attribute) for signal, attribute in _ABOUT.items()},
    }


def _seconds(entity: Entity, name: str) -> float | None:
    found = entity.number(name)
    return None if found is None or found < 0 else found


def _kind(address: Value) -> str:
    """What kind of piece lies at an address, as players ask to be told."""
    kind, _ = guess_type(str(address).partition("?")[0])
    return "video" if kind is not None and kind.startswith("video/") else "music"


def _mark(entity: Entity) -> str | None:
    """What changes with the picture of what plays; its address holds a token, so it stays here."""
    address = entity.text("entity_picture")
    return None if address is None else f"{crc32(address.encode()):08x}"


def position_at(entity: Entity) -> float | None:
    """When the position was right, s since 1970: it is told once, and goes on by itself."""
    said = entity.text("media_position_updated_at")
    try:
        return None if said is None else datetime.fromisoformat(said).timestamp()
    except (ValueError, OverflowError):
        return None


def _player_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    domain = "media_player"
    match signal:
        case "media_player.on":
            return Call(domain, "turn_on" if as_flag(target) else "turn_off")
        case "media_player.playing":
            return Call(domain, "media_play" if as_flag(target) else "media_pause")
        case "media_player.volume":
            return Call(domain, "volume_set", {"volume_level": round(as_number(target) / 100, 4)})
        case "media_player.muted":
            return Call(domain, "volume_mute", {"is_volume_muted": as_flag(target)})
        case "media_player.position":
            return Call(domain, "media_seek", {"seek_position": as_number(target)})
        case "media_player.media":
            return Call(
                domain, "play_media", {"media_content_id": as_text(target), "media_content_type": _kind(target)}
            )
        case "media_player.source":
            return Call(domain, "select_source", {"source": as_text(target)})
        case "media_player.next":
            return Call(domain, "media_next_track")
        case "media_player.previous":
            return Call(domain, "media_previous_track")
        case "media_player.stop":
            return Call(domain, "media_stop")
    raise unknown_signal(signal)


MEDIA_PLAYER = Domain(_player_kind, _player_signals, _player_facts, _player_call)


def _no_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    raise unknown_signal(signal)


CAMERA = Domain(
    always("camera"),
    lambda entity: {"camera.state": Refinement(), "camera.film": Refinement()},
    lambda entity: {"camera.state": entity.known, "camera.film": None if entity.known is None else "JPEG"},
    _no_call,
)

_ROBOT = {"vacuum.start": 8_192, "vacuum.pause": 4, "vacuum.stop": 8, "vacuum.return": 16, "vacuum.locate": 512}
"""vacuum.VacuumEntityFeature of each press; 32 is the fan speed."""


def _vacuum_signals(entity: Entity) -> Signals:
    signals: Signals = {"vacuum.state": Refinement()}
    signals |= {signal: Refinement() for signal, feature in _ROBOT.items() if entity.can(feature)}
    if entity.can(32):
        signals["vacuum.fan_speed"] = choices(entity.words("fan_speed_list"))
    if entity.has("battery_level"):
        signals["battery.level"] = Refinement()
    return signals


def _vacuum_facts(entity: Entity) -> Facts:
    return {
        "vacuum.state": entity.known,
        "vacuum.fan_speed": entity.text("fan_speed"),
        "battery.level": entity.number("battery_level"),
    }


def _vacuum_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    if signal == "vacuum.fan_speed":
        return Call("vacuum", "set_fan_speed", {"fan_speed": as_text(target)})
    if signal == "vacuum.return":
        return Call("vacuum", "return_to_base")
    if signal in _ROBOT:
        return Call("vacuum", signal.removeprefix("vacuum."))
    raise unknown_signal(signal)


VACUUM = Domain(always("vacuum"), _vacuum_signals, _vacuum_facts, _vacuum_call)

_MOWER = {
    "lawn_mower.start": (1, "start_mowing"),
    "lawn_mower.pause": (2, "pause"),
    "lawn_mower.dock": (4, "dock"),
}
"""lawn_mower.const.LawnMowerEntityFeature and service of each press."""


def _mower_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    if signal not in _MOWER:
        raise unknown_signal(signal)
    return Call("lawn_mower", _MOWER[signal][1])


LAWN_MOWER = Domain(
    always("lawn_mower"),
    lambda entity: {
        "lawn_mower.state": Refinement(),
        **{signal: Refinement() for signal, (feature, _) in _MOWER.items() if entity.can(feature)},
    },
    lambda entity: {"lawn_mower.state": entity.known},
    _mower_call,
)
