"""What is said to a driver, in English and Chinese: words of our own for each kind of manoeuvre. Pure.

A street is named where the voice can read it: an English one makes nothing of Chinese signs.
"""

from __future__ import annotations

from collections.abc import Mapping

from wayhome.features.navigation import lengths, saying
from wayhome.features.navigation.lengths import Units
from wayhome.features.navigation.model import Ahead, Guidance, Say
from wayhome.hub.speech import Tongue, tongue_of

PHRASES: Mapping[str, tuple[str, str]] = {
    "none": ("go on", "继续前行"),
    "start": ("set out", "出发"),
    "start_right": ("set out to the right", "出发后向右行驶"),
    "start_left": ("set out to the left", "出发后向左行驶"),
    "arrive": ("you arrive", "到达目的地"),
    "arrive_right": ("you arrive, on the right", "到达目的地，在右侧"),
    "arrive_left": ("you arrive, on the left", "到达目的地，在左侧"),
    "becomes": ("go straight on", "继续直行"),
    "continue": ("go straight on", "继续直行"),
    "slight_right": ("bear right", "稍向右转"),
    "right": ("turn right", "右转"),
    "sharp_right": ("turn sharp right", "向右急转弯"),
    "uturn_right": ("make a U-turn to the right", "向右掉头"),
    "uturn_left": ("make a U-turn to the left", "向左掉头"),
    "sharp_left": ("turn sharp left", "向左急转弯"),
    "left": ("turn left", "左转"),
    "slight_left": ("bear left", "稍向左转"),
    "ramp_straight": ("go straight on to the ramp", "直行驶入匝道"),
    "ramp_right": ("take the ramp on the right", "从右侧驶入匝道"),
    "ramp_left": ("take the ramp on the left", "从左侧驶入匝道"),
    "exit_right": ("take the exit on the right", "从右侧出口驶出"),
    "exit_left": ("take the exit on the left", "从左侧出口驶出"),
    "stay_straight": ("keep straight on", "保持直行"),
    "stay_right": ("keep right", "靠右行驶"),
    "stay_left": ("keep left", "靠左行驶"),
    "merge": ("merge", "汇入主路"),
    "merge_right": ("merge to the right", "向右汇入主路"),
    "merge_left": ("merge to the left", "向左汇入主路"),
    "roundabout_enter": ("enter the roundabout", "进入环岛"),
    "roundabout_exit": ("leave the roundabout", "驶出环岛"),
    "ferry_enter": ("take the ferry", "乘坐轮渡"),
    "ferry_exit": ("leave the ferry", "驶离轮渡"),
}
LATE = 0.25
"""The part of a distance that a car may have gone since something fell due."""
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ONTO = frozenset({
    "start", "start_right", "start_left", "becomes", "continue", "slight_right", "right", "sharp_right", "uturn_right",
    "uturn_left", "sharp_left", "left", "slight_left", "merge", "merge_right", "merge_left", "roundabout_enter",
    "roundabout_exit", "stay_straight", "stay_right", "stay_left", "ferry_exit",
})  # fmt: skip
_ARRIVES = ("arrive", "arrive_right", "arrive_left")


def sentence(guidance: Guidance, tongue: Tongue, units: Units) -> str:
    """What is to be said now; empty: nothing."""
    say = guidance.say
    if say is None:
        return ""
    chinese = tongue == "zh"
    match say.what:
        case "arrived":
            return _arrived(guidance, tongue)
        case "stop":
            return "已到达途经点。" if chinese else "You have reached a stop."
        case "no_way":
            return "没有可以到达的路线。" if chinese else "There is no way there any more."
        case "rerouted":
            new = "已重新规划路线。" if chinese else "There is a new way. "
            return (new + _next(guidance.next, None, tongue, units)).strip()
        case "start":
            return _start(guidance, tongue, units)
    return _next(guidance.next, _far(guidance.next, say), tongue, units)


def _far(ahead: Ahead | None, say: Say) -> float | None:
    """m to a manoeuvre, as it fell due; who asks a while later is told how far it is by then. None: it is here."""
    if ahead is None or (say.what == "now" and ahead.far <= saying.MOST["now"]):
        return None
    if say.far is None or abs(ahead.far - say.far) > LATE * say.far:
        return ahead.far
    return say.far


def _start(guidance: Guidance, tongue: Tongue, units: Units) -> str:
    road = _readable(guidance.road, tongue)
    begin = f"Follow {road}. " if road else ""
    if tongue == "zh":
        begin = f"沿{road}出发。" if road else "现在出发。"
    ahead = guidance.next
    return (begin + _next(ahead, ahead.far if ahead is not None else None, tongue, units)).strip()


def _arrived(guidance: Guidance, tongue: Tongue) -> str:
    name = _readable(guidance.goal.name, tongue)
    if tongue == "zh":
        return f"已到达{name or '目的地'}。"
    return f"You have arrived at {name}." if name else "You have arrived."


def _next(ahead: Ahead | None, far: float | None, tongue: Tongue, units: Units) -> str:
    """A manoeuvre, with how far it is where that is told."""
    if ahead is None:
        return ""
    chinese = tongue == "zh"
    told = phrase(ahead, tongue)
    if far is not None:
        length = lengths.said(far, units, tongue)
        told = f"{length}后{told}" if chinese else f"in {length}, {told}"
    if ahead.then is not None and far is None:
        after = PHRASES.get(ahead.then, PHRASES["none"])
        told = f"{told}，然后{after[1]}" if chinese else f"{told}, then {after[0]}"
    return f"{told}。" if chinese else f"{told[0].upper()}{told[1:]}."


def phrase(ahead: Ahead, tongue: Tongue) -> str:
    """What is to be done, and where one is then."""
    chinese = tongue == "zh"
    words = PHRASES.get(ahead.kind, PHRASES["none"])[1 if chinese else 0]
    if ahead.kind == "roundabout_enter" and ahead.exit:
        if chinese:
            words = f"进入环岛，从第{ahead.exit}个出口驶出"
        else:
            number = _ORDINALS[ahead.exit] if ahead.exit < len(_ORDINALS) else f"{ahead.exit}th"
            words = f"at the roundabout take the {number} exit"
    if ahead.kind in _ARRIVES:
        return words
    sign = _readable(ahead.sign, tongue)
    if sign:
        spoken = sign.replace(" · ", "、" if chinese else ", ")
        return f"{words}，往{spoken}方向" if chinese else f"{words}, towards {spoken}"
    road = _readable(ahead.streets[0] if ahead.streets else None, tongue)
    if road and ahead.kind in _ONTO:
        return f"{words}，进入{road}" if chinese else f"{words} onto {road}"
    return words


def _readable(name: str | None, tongue: Tongue) -> str:
    """A name as far as a voice of that language reads it."""
    if not name or (tongue == "en" and tongue_of(name) == "zh"):
        return ""
    return name.replace(";", ", ").replace("/", ", ").strip()
