"""Charging stations as OpenStreetMap's tags say them, in OCPI's words. Pure.

Source of the tags: the OpenStreetMap wiki, ``amenity=charging_station`` (``socket:<type>``, ``socket:<type>:output``);
of the words: OCPI 2.2.1, 8.4.4 ConnectorType.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from wayhome.hub.maps import Connector

STANDARDS = {
    "type2": "IEC_62196_T2",
    "type2_cable": "IEC_62196_T2",
    "type2_combo": "IEC_62196_T2_COMBO",
    "type1": "IEC_62196_T1",
    "type1_cable": "IEC_62196_T1",
    "type1_combo": "IEC_62196_T1_COMBO",
    "type3c": "IEC_62196_T3C",
    "type3a": "IEC_62196_T3A",
    "chademo": "CHADEMO",
    "tesla_supercharger": "TESLA_S",
    "tesla_destination": "TESLA_S",
    "nacs": "TESLA_S",
    "gb_ac": "GBT_AC",
    "gb_dc": "GBT_DC",
    "schuko": "DOMESTIC_F",
    "typee": "DOMESTIC_E",
    "sev1011_t13": "DOMESTIC_J",
    "sev1011_t23": "DOMESTIC_J",
    "bs1363": "DOMESTIC_G",
    "cee_blue": "IEC_60309_2_single_16",
    "cee_red_16a": "IEC_60309_2_three_16",
    "cee_red_32a": "IEC_60309_2_three_32",
}
_POWER = re.compile(r"(\d+(?:[.,]\d+)?)\s*(kw|w|kva)?", re.IGNORECASE)
MOST_POWER = 1_500.0
"""kW; more was mistyped."""


def connectors(tags: Mapping[str, str]) -> tuple[Connector, ...]:
    """The connectors of a station."""
    found: list[Connector] = []
    for kind, standard in STANDARDS.items():
        told = tags.get(f"socket:{kind}")
        if told is None or told.strip().lower() in ("no", "0"):
            continue
        count = int(told) if told.strip().isdigit() and int(told) < 1_000 else None
        found.append(Connector(standard, count, power(tags.get(f"socket:{kind}:output"))))
    return tuple(found)


def power(text: str | None) -> float | None:
    """``22 kW``, ``22000 W``, ``11;22 kW`` as kW: the strongest. None: it says nothing that makes sense."""
    best: float | None = None
    unit = "kw"
    for part in reversed((text or "").split(";")):
        match = _POWER.search(part)
        if match is None:
            continue
        unit = (match[2] or unit).lower()
        value = float(match[1].replace(",", ".")) / (1000 if unit == "w" else 1)
        if 0 < value <= MOST_POWER:
            best = value if best is None else max(best, value)
    return best


def strongest(tags: Mapping[str, str], found: tuple[Connector, ...]) -> float | None:
    """kW of the strongest connector; else what the station says of itself."""
    known = [one.power for one in found if one.power is not None]
    said = power(tags.get("charging_station:output")) or power(tags.get("maxpower"))
    return max(known) if known else said
