"""How integrations call what a car tells: words of entity ids, unique ids, translation keys and names.

Collected from the entity descriptions of Home Assistant 2026.2.3 (tesla_fleet, tessie, teslemetry, volvo,
bmw_connected_drive, renault, subaru) and from what TeslaMate and the Hyundai/Kia, VW, Mercedes integrations publish.
"""

from __future__ import annotations

import re

import msgspec

from wayhome.links.homeassistant import wire_car as v

MAKERS = re.compile(
    r"\b(tesla|bmw|mini|volkswagen|vw|audi|skoda|škoda|seat|cupra|porsche|volvo|polestar|renault|dacia|alpine|nissan|"
    r"mercedes|smart|hyundai|kia|genesis|ford|toyota|lexus|subaru|honda|mazda|mitsubishi|jaguar|land rover|mg|byd|"
    r"xiaomi auto|nio|xpeng|zeekr|lucid|rivian|fiat|peugeot|citro[eë]n|opel|vauxhall|ds automobiles|jeep|stellantis|"
    r"chevrolet|cadillac|gmc|general motors)\b"
)
PLATFORMS = frozenset({
    "tesla_fleet", "tessie", "teslemetry", "tesla_custom", "volvo", "volvooncall", "bmw_connected_drive", "cardata",
    "renault", "subaru", "kia_uvo", "hyundai_kia_connect", "volkswagencarnet", "volkswagen_we_connect_id",
    "skodaconnect", "myskoda", "audiconnect", "seatconnect", "cupra_we_connect", "mbapi2020", "smarthashtag",
    "polestar_api", "fordpass", "nissan_leaf", "nissan_connect", "toyota", "mazda", "porscheconnect",
    "jlrincontrol", "stellantis_vehicles", "onstar2mqtt", "saic", "psacc",
})  # fmt: skip
NO_CARS = frozenset({"mobile_app", "icloud", "life360", "owntracks", "roborock", "esphome"})
"""Integrations whose devices have a battery and a place but are phones and robots."""


class Rule(msgspec.Struct, frozen=True):
    """One way to recognise a signal's entity. Earlier rules of a signal win.

    ``words`` must be found in the entity's words, ``never`` must not. ``kind``: what it measures (a unit family, or
    ``text``), where that is asked for. ``true``: the states that mean yes.
    """

    domains: tuple[str, ...]
    words: str
    never: str = ""
    classes: tuple[str, ...] = ()
    kind: str | None = None
    true: tuple[str, ...] = ()
    invert: bool = False
    attribute: str | None = None


_S, _B, _N = ("sensor",), ("binary_sensor", "input_boolean"), ("number", "input_number")
_MEASURED = ("sensor", "input_number")
_NO_BATTERY = (
    r"12 ?v|car battery|aux|limit|target|arrival|\bkey\b|threshold|reserve|low voltage|remote|fob|tracker|health|soh\b"
)
_LOADING = (
    "charging",
    "starting",
    "charge_in_progress",
    "charging_active",
    "in_progress",
    "inprogress",
    "conditioning",
)
_PLUGGED = ("plugged", "plugged_in", "connected", "plugged_waiting_for_charge", "on", "true", "locked", "ac", "dc",
            "connected_ac", "connected_dc")  # fmt: skip
_PLACES = (
    r"\bdf\b|\bfl\b|front driver|driver front|(?<!rear )driver door|front left|left front|\bfd\b",
    r"\bpf\b|\bfr\b|front passenger|passenger front|(?<!rear )passenger door|front right|right front|\bfp\b",
    r"\bdr\b|\brl\b|rear driver|driver rear|rear left|left rear|back left|\brd\b",
    r"\bpr\b|\brr\b|rear passenger|passenger rear|rear right|right rear|back right|\brp\b",
)
"""Front driver, front passenger, rear driver, rear passenger. Left counts as the driver's; a person corrects it."""


def _rules() -> dict[str, tuple[Rule, ...]]:
    rules: dict[str, tuple[Rule, ...]] = {
        v.CHARGE_LEVEL: (
            Rule(_MEASURED, r"(?<!usable )battery (level|charge level|percent)|state of charge|\bsoc\b",
                 _NO_BATTERY, kind="part"),
            Rule(_S, r"battery|charge", _NO_BATTERY, ("battery",), kind="part"),
            Rule(_MEASURED, r"\bbattery\b", _NO_BATTERY, kind="part"),
        ),
        v.RANGE: (
            Rule(_MEASURED, r"(?<!ideal )(?<!est )(?<!estimate )(battery|electric|ev) range|range electric|"
                 r"distance to empty battery|battery autonomy", r"fuel|total|arrival", kind="length"),
            Rule(_MEASURED, r"\brange\b|autonomy", r"fuel|total|tank|arrival", kind="length"),
        ),
        v.FUEL_RANGE: (Rule(_S, r"range fuel|fuel range|empty tank|fuel autonomy", kind="length"),),
        v.TOTAL_RANGE: (Rule(_S, r"range total|total range|distance to empty$", kind="length"),),
        v.FUEL_LEVEL: (Rule(_S, r"fuel (percent|level)|remaining fuel percent|tank level", kind="part"),),
        v.CHARGING: (
            Rule(_B, "", r"12 ?v|scheduled|trip", ("battery_charging",)),
            Rule(_B, r"(is )?charging$|charging (state|status)|charge state charging", r"scheduled|trip|port|cable"),
            Rule(_S, r"charging (state|status)|charge (state|status)", r"limit|power", ("enum",), "text", _LOADING),
            Rule(_S, r"charging (state|status)|charge (state|status)", r"limit|power", (), "text", _LOADING),
        ),
        v.PLUG: (
            Rule(_B, "", "", ("plug",)),
            Rule(_B, r"charge cable|charging cable|plugged|plug (state|status)|connection status", r"lock"),
            Rule(_S, r"plug (state|status)|(charger|charging) connection|charge cable", "", (), "text", _PLUGGED),
        ),
        v.CHARGE_LIMIT: (
            Rule(_N, r"charge limit|charging limit|target soc|charging target|target charge",
                 r"current|amp|\bdc\b|reserve"),
            Rule(_S, r"charge limit|target (battery )?(charge|soc)|charging target", r"current|amp|time", kind="part"),
        ),
        v.START_STOP: (
            Rule(("switch", "input_boolean"), r"charging state|(ev |start )?charg(e|ing)$",
                 r"grid|schedul|port|limit|valet|sentry|cable"),
            Rule(("button", "input_button"), r"start charg|charg\w* start", ""),
        ),
        v.CLIMATE: (
            Rule(("climate",), "", r"overheat|seat"),
            Rule(("switch", "input_boolean"), r"climate|air condition|\bac\b|hvac|precondition",
                 r"seat|defrost|steering|auto"),
            Rule(_B, r"climate|air condition|hvac|precondition", r"seat|overheat|enabled|battery"),
        ),
        v.TARGET: (
            Rule(("climate",), "", r"overheat|seat"),
            Rule(_N, r"(target|set|climate) temp", ""),
        ),
        v.INSIDE: (
            Rule(_S, r"inside|interior|cabin|in car", r"setting|overheat", kind="temperature"),
            Rule(("climate",), "", r"overheat|seat", attribute="current_temperature"),
        ),
        v.OUTSIDE: (Rule(_S, r"outside|exterior|ambient|external|outdoor", "", kind="temperature"),),
        v.LATITUDE: (Rule(("device_tracker",), "", r"route|destination", attribute="latitude"),),
        v.LONGITUDE: (Rule(("device_tracker",), "", r"route|destination", attribute="longitude"),),
        v.HEADING: (Rule(_S, r"heading|direction|bearing", r"wind", kind="angle"),),
        v.DISTANCE: (
            Rule(_MEASURED, r"odometer|mileage|total distance|kilometer ?stand",
                 r"trip|service|since|inspection|arrival", kind="length"),
        ),
        v.SPEED: (Rule(_MEASURED, r"\bspeed\b", r"average|limit|wind|charge|fan", kind="speed"),),
        v.GEAR: (Rule(_S, r"shift state|\bgear\b|transmission", "", kind="text"),),
        v.TRUNK + ".IsOpen": (Rule(("cover", *_B), r"\brt\b|(?<!front )\btrunk\b|tailgate|hatch|\bboot\b", r"\bft\b"),),
        v.FRUNK + ".IsOpen": (Rule(("cover", *_B), r"\bft\b|frunk|front trunk", ""),),
    }  # fmt: skip
    locks = (
        Rule(("lock",), "", r"charge|cable|port|trunk|latch|frunk|glove"),
        Rule(_B, r"lock", r"charge|cable|port|child", ("lock",), invert=True),
    )
    rules |= dict.fromkeys(v.LOCKS, locks)
    for place, door, tyre in zip(_PLACES, v.DOORS, v.TYRES, strict=True):
        rules[door + ".IsOpen"] = (Rule(_B, place, r"window|lock|warning|tire|tyre|light", ("door", "opening")),)
        rules[tyre] = (Rule(_S, place, r"target|warning|temp", kind="pressure"),)
        rules[door + ".Window.IsOpen"] = (Rule(_B, place, r"door(?! window)|tire|tyre|warning", ("window",)),)
    return rules


RULES = _rules()

WEIGHTS: dict[str, int] = {
    v.DISTANCE: 3, v.CHARGE_LEVEL: 2, v.RANGE: 3, v.FUEL_LEVEL: 2, v.FUEL_RANGE: 3, v.LATITUDE: 2, v.LOCKS[0]: 1,
    v.CHARGING: 1, v.PLUG: 1, v.CLIMATE: 1, v.GEAR: 2, v.SPEED: 1, v.TYRES[0]: 2, v.CHARGE_LIMIT: 1,
    v.DOORS[0] + ".IsOpen": 1, v.TRUNK + ".IsOpen": 1,
}  # fmt: skip
"""How much each found signal speaks for a car."""
ENOUGH = 6
