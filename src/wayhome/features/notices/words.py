"""Notices as sentences, for push messages: there the hub speaks, in the language that the device has chosen."""

from __future__ import annotations

from collections.abc import Mapping

from wayhome.core.value import Value
from wayhome.features.notices.model import Kind, Notice

MOST = 120
_TITLES: Mapping[Kind, tuple[str, str]] = {
    "doorbell": ("Somebody is at the door", "有人按门铃"),
    "motion": ("A camera sees something", "摄像头发现动静"),
    "left_open": ("The car was left open", "车没关好"),
    "charged": ("The car is charged", "车已充好"),
    "charge_stopped": ("Charging has stopped", "充电中断"),
    "alarm": ("Alarm", "安防警报"),
    "smoke": ("Smoke", "烟雾报警"),
    "gas": ("Gas", "燃气报警"),
    "water": ("Water leak", "漏水"),
    "jammed": ("A lock is jammed", "门锁卡住"),
    "tyre_low": ("A tyre is low", "胎压过低"),
    "sign_in": ("A link needs you to sign in again", "连接需要重新登录"),
    "recording_stopped": ("Cameras are not recorded: no room", "空间不足，摄像头已停止录像"),
    "file": ("A file has come", "收到一个文件"),
    "text": ("A text is there for you", "有一段文字等您查看"),
    "walk": ("The rest is on foot", "剩下的路请步行"),
}
_PARTS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("Door.Row1.DriverSide.IsOpen", ("driver's door", "驾驶侧前门")),
    ("Door.Row1.PassengerSide.IsOpen", ("passenger's door", "副驾驶侧前门")),
    ("Door.Row2.DriverSide.IsOpen", ("rear door, driver's side", "驾驶侧后门")),
    ("Door.Row2.PassengerSide.IsOpen", ("rear door, passenger's side", "副驾驶侧后门")),
    ("Body.Trunk.", ("trunk", "后备厢")),
    ("Body.Hood.", ("bonnet", "前舱盖")),
    (".Window.", ("windows", "车窗")),
    (".Sunroof.", ("sunroof", "天窗")),
)
_WHEELS: Mapping[str, tuple[str, str]] = {
    "Row1.Wheel.Left": ("front left", "左前轮"),
    "Row1.Wheel.Right": ("front right", "右前轮"),
    "Row2.Wheel.Left": ("rear left", "左后轮"),
    "Row2.Wheel.Right": ("rear right", "右后轮"),
}
_SEEN: Mapping[str, tuple[str, str]] = {
    "person": ("somebody", "有人"),
    "vehicle": ("a vehicle", "有车辆"),
    "animal": ("an animal", "有动物"),
}
HIDDEN = (("Wayhome", "Something at home or at your car. Open to see."), ("Wayhome", "家里或车上有新情况，打开查看。"))
TEST = (
    ("Push works", "This device will be told when something matters."),
    ("推送已开通", "有重要情况时，这台设备会收到通知。"),
)
PAST: Mapping[Kind, tuple[str, str]] = {
    "doorbell": ("Somebody was at the door", "刚才有人按过门铃"),
    "motion": ("A camera saw something", "摄像头曾发现动静"),
}
"""How it is called where the message comes too late to do anything about it."""
SEEN = ("Seen", "知道了")
OPEN = ("Open", "打开")


def index(language: str) -> int:
    """Which of a pair is in the language."""
    return 1 if language == "zh" else 0


def said(notice: Notice, language: str) -> tuple[str, str]:
    """Title and text of a notice."""
    at = index(language)
    more = _details(notice, at)
    name = str(notice.values.get("name") or "")
    text = " · ".join(part for part in (name, more) if part)
    return _TITLES[notice.kind][at], text if len(text) <= MOST else text[: MOST - 1].rstrip() + "…"


def _details(notice: Notice, at: int) -> str:
    values = notice.values
    joint = ("、" if at else ", ").join
    if notice.kind == "left_open":
        signals = _texts(values.get("open"))
        open = joint([words[at] for part, words in _PARTS if any(part in signal for signal in signals)])
        phrases = [f"{open}开着" if at else f"{open} open"] if open else []
        if values.get("unlocked") is True:
            phrases.append("未上锁" if at else "unlocked")
        return joint(phrases)
    if notice.kind == "tyre_low":
        return joint([_WHEELS[wheel][at] if wheel in _WHEELS else wheel for wheel in _texts(values.get("wheels"))])
    if notice.kind == "motion" and values.get("what") in _SEEN:
        return _SEEN[values["what"]][at]
    metres = values.get("metres")
    if notice.kind == "walk" and isinstance(metres, int | float):
        return f"{metres:.0f} 米" if at else f"{metres:.0f} m"
    charge, limit = values.get("charge"), values.get("limit")
    if notice.kind in ("charged", "charge_stopped") and isinstance(charge, int):
        if notice.kind == "charged":
            return f"{charge}%"
        return f"{charge}%，上限 {limit}%" if at else f"{charge}% of {limit}%"
    return ""


def _texts(value: Value) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
