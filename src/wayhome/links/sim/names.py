"""Names of the demo's rooms and devices, in the languages that it speaks."""

from __future__ import annotations

from collections.abc import Mapping

from wayhome.links.sim.config import Language

NAMES: Mapping[str, tuple[str, str]] = {
    "living": ("Living room", "客厅"),
    "kitchen": ("Kitchen", "厨房"),
    "hall": ("Hall", "门厅"),
    "bedroom": ("Bedroom", "卧室"),
    "outside": ("Outside", "室外"),
    "car": ("Aurora", "极光"),
    "living-lamp": ("Floor lamp", "落地灯"),
    "kitchen-lights": ("Kitchen lights", "厨房灯"),
    "hall-switch": ("Hall light", "门厅灯"),
    "bedroom-heater": ("Bedroom heater", "卧室取暖器"),
    "living-climate": ("Living room climate", "客厅空调"),
    "air-purifier": ("Air purifier", "空气净化器"),
    "humidifier": ("Humidifier", "加湿器"),
    "living-blinds": ("Blinds", "百叶帘"),
    "front-door": ("Front door", "前门"),
    "gate": ("Gate", "院门"),
    "doorbell": ("Doorbell", "门铃"),
    "living-tv": ("Television", "电视"),
    "vacuum": ("Robot vacuum", "扫地机器人"),
    "good-night": ("Good night", "晚安"),
    "coming-home": ("Coming home", "回家"),
    "outdoor-temperature": ("Outdoor temperature", "室外温度"),
    "bedroom-window": ("Bedroom window", "卧室窗户"),
    "alarm": ("Alarm", "安防"),
}


def name(key: str, language: Language) -> str:
    """The name of a room or device in ``language``."""
    return NAMES[key][language == "zh"]
