"""One example of each operation: what is sent and what comes. tests/docs runs them in this order against a demo hub.

The placeholders are those of docs/reference/live-socket.md; ``<time from>`` and ``<time to>`` are an hour ago and now.
"""

from __future__ import annotations

from typing import Any

import msgspec

LAMP = "living-lamp/light.on"
PHONE = "9a7d852ef8cf445b8aac9ef3414c036a"
MORE = {"…": "…"}


class Example(msgspec.Struct, frozen=True):
    """``data``: the body, or the query. ``status``: of the answer. ``picture``: the answer is one. ``file``: the answer
    is one, of the media type that stands for it."""

    data: dict[str, Any]
    answer: Any = None
    status: int = 200
    picture: bool = False
    file: bool = False


def _refused(data: dict[str, Any], status: int, code: str) -> Example:
    return Example(data, {"code": code, "status": status, **MORE}, status)


CABIN = {"id": "cabin", "link": "homeassistant", "name": "Cabin", "things": 0, **MORE}

EXAMPLES: dict[str, Example] = {
    "home.set": Example(
        {"path": LAMP, "target": True},
        {"key": "<key>", "path": LAMP, "state": "<state>", "expires": "<time>", "code": None, "why": None},
    ),
    "home.get": Example({"path": "hall-switch/*.on"}, {"values": {"hall-switch/switch.on": ["<bool>", "<time>"]}}),
    "home.things": Example({}, {"things": {"car": {"name": "Aurora", "kind": "car", **MORE}, **MORE}}),
    "home.picture": Example({"thing": "doorbell"}, picture=True),
    "home.history": Example(
        {"path": "car/Vehicle.Speed", "start": "<time from>", "end": "<time to>", "limit": 2},
        {"path": "car/Vehicle.Speed", "points": [["<time>", "<number>"], ["<time>", "<number>"]], "cut": True},
    ),
    "home.turn": _refused({"thing": "doorbell", "pan": 0.5}, 404, "not_found"),
    "home.why": Example(
        {"path": LAMP},
        {
            "lines": [
                {"what": "reported", "about": LAMP, "value": True, "name": "Demo", "cause": "<key a>", **MORE},
                {"what": "wished", "value": True, "state": "done", "context": "<key a>", "actor": "local:cli", **MORE},
            ]
        },
    ),
    "home.audit": Example(
        {"about": LAMP, "limit": 2},
        {"lines": [{"seq": "<rev>", "at": "<time>", **MORE}, {"seq": "<rev>", "at": "<time>", **MORE}]},
    ),
    "home.rights": Example({}, {"act": ["**"]}),
    "home.board": Example({}, {"person": None, "tiles": [], "most": 60}),
    "home.put": _refused({"tiles": [{"kind": "thing", "item": "gate"}]}, 403, "not_allowed"),
    "home.move": _refused({"tile": "anna:6b1f"}, 403, "not_allowed"),
    "home.take_off": Example({"tile": "anna:6b1f"}, {"person": None, "tiles": [], "most": 60}),
    "scenes.list": Example({}, {"scenes": [], "most": 100, "states": 200}),
    "scenes.capture": Example(
        {"things": "living-lamp"},
        {"parts": [{"thing": "living-lamp", "name": "<text>", "states": {"light.on": True, **MORE}}], "left": []},
    ),
    "scenes.propose": Example(
        {"kind": "goodnight"},
        {
            "parts": [
                {"thing": "bedroom-heater", "name": "<text>", "states": {"climate.target_temperature": 18.0}},
                "…",
            ],
            "left": [],
        },
    ),
    "scenes.make": Example(
        {"name": "Reading", "icon": "read", "parts": [{"thing": "living-lamp", "states": {"light.brightness": 70}}]},
        {"scene": {"id": "<id a>", "name": "Reading", "things": 1, **MORE}, "parts": ["…"]},
    ),
    "scenes.show": Example(
        {"scene": "Reading"},
        {
            "scene": {"id": "<id a>", "name": "Reading", **MORE},
            "parts": [{"thing": "living-lamp", "name": "<text>", "states": {"light.brightness": 70}, "there": True}],
            "last": None,
        },
    ),
    "scenes.change": Example(
        {"scene": "<id a>", "name": "Late reading", "put": [{"thing": "hall-switch", "states": {"switch.on": False}}]},
        {"scene": {"id": "<id a>", "name": "Late reading", "things": 2, **MORE}, "parts": ["…"]},
    ),
    "scenes.run": Example(
        {"scene": "Late reading"},
        {
            "scene": {"id": "<id a>", **MORE},
            "run": "<key>",
            "outcomes": [
                {"thing": "hall-switch", "signal": "switch.on", "value": False, "state": "<text>", **MORE},
                "…",
            ],
            "undo_until": "<time>",
        },
    ),
    "scenes.undo": Example({"scene": "Late reading"}, {"scene": {"id": "<id a>", **MORE}, "outcomes": ["…"]}),
    "scenes.delete": Example({"scene": "<id a>"}, {"scene": {"name": "Late reading", **MORE}, "parts": ["…"]}),
    "charging.plan": Example(
        {"car": "car"}, {"car": "car", "offered": True, "on": False, "start": "22:00", "end": "06:00", **MORE}
    ),
    "charging.change": Example(
        {"car": "car", "on": True, "start": "23:00", "days": [0, 1, 2, 3, 4]},
        {"car": "car", "on": True, "start": "23:00", "end": "06:00", "days": [0, 1, 2, 3, 4], **MORE},
    ),
    "charging.now": Example({"car": "car", "do": "plan"}, {"car": "car", "on": True, "hand": None, **MORE}),
    "notices.list": Example({}, {"notices": [], "cut": False}),
    "notices.seen": _refused({"ids": ["01kb0000000000000000000000"]}, 400, "bad_input"),
    "notices.chosen": Example(
        {},
        {
            "kinds": ["doorbell", "…"],
            "quiet": None,
            "device": None,
            "devices": 0,
            "you": "<text>",
            "contact": "",
            "contact_missing": False,
            "phones": None,
        },
    ),
    "notices.choose": _refused({"kinds": ["doorbell"], "quiet": {"start": 1320, "end": 420}}, 400, "bad_input"),
    "notices.contact": Example(
        {"contact": "anna@example.com"},
        {"kinds": ["doorbell", "…"], "contact": "anna@example.com", "contact_missing": False, **MORE},
    ),
    "notices.push_key": Example({}, {"key": "<text>"}),
    "notices.subscribe": _refused(
        {"endpoint": "https://push.example/a1", "p256dh": "BPub", "auth": "c2VjcmV0"}, 400, "bad_input"
    ),
    "notices.unsubscribe": Example({}, {"done": True}),
    "notices.test": _refused({}, 404, "not_found"),
    "notices.cameras": Example({}, {"cameras": [], "may": True, "gate": "doorbell", "chosen": False, **MORE}),
    "notices.camera": _refused({"thing": "doorbell", "motion": "away"}, 404, "not_found"),
    "notices.gate": Example({"camera": "doorbell"}, {"gate": "doorbell", "chosen": True, **MORE}),
    "drives.list": Example(
        {"car": "car", "limit": 1},
        {
            "drives": ["…"],
            "total": {"month": "", "distance": "<number>", "duration": "<number>", "energy": "<number>", **MORE},
            "months": ["…"],
            "kept": {"all": True, "cars": {"car": True}},
            **MORE,
        },
    ),
    "drives.show": _refused({"id": "01KB0QX5ZJ0000000000000000"}, 404, "not_found"),
    "drives.export": Example({"format": "csv"}, "text/csv; charset=utf-8", file=True),
    "drives.delete": _refused({"id": "01KB0QX5ZJ0000000000000000"}, 404, "not_found"),
    "drives.keep": Example({"on": True}, {"all": True, "cars": {"car": True}}),
    "drives.name_place": _refused({"id": "01KB0QX5ZJ0000000000000000", "end": "goal", "name": "Gym"}, 404, "not_found"),
    "drives.forget_place": _refused({"place": "gym"}, 404, "not_found"),
    "recordings.list": Example(
        {"day": "2026-11-26"},
        {"day": "2026-11-26", "recordings": [], "days": [], "running": [], "cameras": [], "rules": {}, **MORE},
    ),
    "recordings.still": _refused({"id": "01kb0000000000000000000000"}, 404, "not_found"),
    "recordings.keep": _refused({"id": "01kb0000000000000000000000", "on": True}, 404, "not_found"),
    "recordings.delete": _refused({"ids": ["01kb0000000000000000000000"]}, 404, "not_found"),
    "recordings.put_back": _refused({"ids": ["01kb0000000000000000000000"]}, 404, "not_found"),
    "recordings.camera": _refused({"camera": "doorbell"}, 404, "not_found"),
    "recordings.choose": _refused({"camera": "doorbell", "on": True}, 404, "not_found"),
    "recordings.rules": Example({"days": 14}, {"days": 14}),
    "destinations.send": Example(
        {"text": "Schloss Vaduz https://maps.apple.com/?ll=47.1395,9.5245"},
        {
            "id": "<key c>",
            "car": "car",
            "name": "Schloss Vaduz",
            "at": "<time>",
            "by": "",
            "latitude": 47.1395,
            "longitude": 9.5245,
            "link": "https://maps.apple.com/?ll=47.1395,9.5245",
        },
    ),
    "destinations.list": Example({}, {"destinations": [{"id": "<key c>", "name": "Schloss Vaduz", **MORE}]}),
    "destinations.remove": Example({"id": "<key c>"}, {"id": "<key c>", "car": "car", **MORE}),
    "destinations.put": Example(
        {"name": "Rheinbrücke", "latitude": 47.166, "longitude": 9.504},
        {"id": "<key d>", "car": "car", "name": "Rheinbrücke", "link": None, **MORE},
    ),
    "navigation.plan": _refused(
        {"stops": [{"latitude": 47.1395, "longitude": 9.5245, "name": "Schloss Vaduz"}], "avoid_tolls": True},
        404,
        "not_found",
    ),
    "navigation.start": _refused({"place": "nowhere"}, 404, "not_found"),
    "navigation.show": Example({}, {"car": "car"}),
    "navigation.skip": _refused({}, 404, "not_found"),
    "navigation.stop": _refused({}, 404, "not_found"),
    "navigation.say": _refused({"language": "en"}, 404, "not_found"),
    "navigation.reach": _refused({"back": True}, 404, "not_found"),
    "navigation.parked": Example({}, {"car": "car", **MORE}),
    "navigation.chosen": Example({}, {"chosen": [], "minutes": 10.0}),
    "navigation.choose": _refused({"place": "home", "scene": "01kb0qx5zj0000000000000000"}, 404, "not_found"),
    "places.list": Example({}, {"places": [{"id": "home", **MORE}, "…"], "recent": []}),
    "places.add": Example(
        {"name": "Climbing hall", "latitude": 47.166, "longitude": 9.504, "icon": "sport"},
        {"id": "climbing-hall", "name": "Climbing hall", "icon": "sport", "latitude": 47.166, "longitude": 9.504},
    ),
    "places.rename": Example(
        {"id": "climbing-hall", "favourite": True}, {"id": "climbing-hall", "favourite": True, **MORE}
    ),
    "places.remove": Example({"id": "climbing-hall"}, {"places": ["…"], "recent": []}),
    "maps.list": Example({}, {"regions": ["…"], "making": None, "ready": "<bool>"}),
    "maps.offered": _refused({"latitude": 47.14}, 400, "bad_input"),
    "maps.add": _refused({"source": "/maps/nowhere.osm.pbf"}, 404, "not_found"),
    "maps.stop": Example({}, {"regions": ["…"], "making": None, "ready": "<bool>"}),
    "maps.remove": _refused({"id": "nowhere"}, 404, "not_found"),
    "maps.search": Example({"text": "no such street", "language": "en"}, {"spots": []}),
    "maps.at": Example({"latitude": 0.0, "longitude": 0.0}, {"spot": None}),
    "maps.stations": Example({"west": 0.0, "south": 0.0, "east": 0.1, "north": 0.1, "power": 50}, {"stations": []}),
    "clipboard.list": _refused({}, 403, "not_allowed"),
    "clipboard.put": _refused({"id": "mei:01kb0000000000000000000000", "frame": "AQ"}, 403, "not_allowed"),
    "clipboard.pin": _refused({"id": "mei:01kb0000000000000000000000", "pinned": True}, 403, "not_allowed"),
    "clipboard.remove": _refused({"id": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "clipboard.tell": _refused({"id": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "clipboard.got": _refused({"id": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "clipboard.choose": _refused({"lasts": 3600}, 403, "not_allowed"),
    "throws.open": _refused({}, 403, "not_allowed"),
    "throws.close": _refused({"id": "01kb0000000000000000000000"}, 403, "not_allowed"),
    "files.list": _refused({}, 403, "not_allowed"),
    "files.screens": _refused({}, 403, "not_allowed"),
    "files.offer": _refused({"id": "mei:01kb0000000000000000000000", "frame": "AQ", "size": 7}, 403, "not_allowed"),
    "files.kept": _refused({"id": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "files.finish": _refused({"id": "mei:01kb0000000000000000000000", "frame": "AQ", "root": "00"}, 403, "not_allowed"),
    "files.got": _refused({"id": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "files.remove": _refused({"id": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "files.put_back": _refused({"id": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "files.hand": _refused(
        {"id": "mei:01kb0000000000000000000000", "screen": "thing_0123456789abcdef01234567"}, 403, "not_allowed"
    ),
    "messages.conversations": _refused({}, 403, "not_allowed"),
    "messages.read": _refused({"phone": "meis-phone", "conversation": 7}, 403, "not_allowed"),
    "messages.send": _refused(
        {"phone": "meis-phone", "id": "mei:01kb0000000000000000000000", "frame": "AQ"}, 403, "not_allowed"
    ),
    "messages.quick": _refused(
        {"phone": "meis-phone", "id": "mei:01kb0000000000000000000000", "conversation": 7, "reply": "driving"},
        403,
        "not_allowed",
    ),
    "messages.people": _refused({"id": "mei:01kb0000000000000000000000", "frame": "AQ"}, 403, "not_allowed"),
    "messages.call": _refused({"id": "mei:01kb0000000000000000000000", "frame": "AQ"}, 403, "not_allowed"),
    "messages.mute": _refused({"call": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "messages.seen": _refused({"call": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "notifications.list": _refused({}, 403, "not_allowed"),
    "notifications.icon": _refused({"id": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "notifications.rules": _refused({}, 403, "not_allowed"),
    "notifications.choose": _refused({"hide": "always"}, 403, "not_allowed"),
    "notifications.dismiss": _refused({"ids": ["mei:01kb0000000000000000000000"]}, 403, "not_allowed"),
    "notifications.reply": _refused(
        {"id": "mei:01kb0000000000000000000000", "key": "mei:01kb0000000000000000000001", "frame": "AAAA"},
        403,
        "not_allowed",
    ),
    "notifications.act": _refused(
        {"id": "mei:01kb0000000000000000000000", "key": "mei:01kb0000000000000000000001", "frame": "AAAA"},
        403,
        "not_allowed",
    ),
    "notifications.read_aloud": _refused({"id": "mei:01kb0000000000000000000000"}, 403, "not_allowed"),
    "media.hand_over": _refused({"player": "living-tv", "to": "kitchen-radio"}, 404, "not_found"),
    "links.available": Example({}, {"kinds": [{"link": "homeassistant", "secrets": ["token", "…"], **MORE}, "…"]}),
    "links.list": Example(
        {}, {"links": [{"id": "demo", "state": "connected", "words": "Connected", "since": "<time>", **MORE}]}
    ),
    "links.add": Example(
        {
            "link": "homeassistant",
            "name": "Cabin",
            "config": {"url": "http://localhost:9"},
            "secrets": {"token": "made in Home Assistant, under your profile"},
        },
        {**CABIN, "state": "starting", "words": "Connecting"},
    ),
    "links.look": _refused(
        {"link": "mqtt", "name": "Broker", "config": {"url": "mqtt://localhost:9"}}, 504, "unreachable"
    ),
    "links.search": _refused({"link": "mqtt"}, 400, "bad_input"),
    "links.settings": Example({"id": "cabin"}, {"settings": {"url": "http://localhost:9"}}),
    "links.change": Example({"id": "cabin", "config": {"hidden": True}}, CABIN),
    "links.remove": Example({"id": "cabin"}, {"links": [{"id": "demo", **MORE}]}),
    "links.apart": _refused({"thing": "hall-lamp"}, 404, "not_found"),
    "links.retry": Example({"id": "demo"}, {"id": "demo", "state": "connected", **MORE}),
    "links.sign_in": _refused(
        {"link": "homeassistant", "url": "http://localhost:9", "back": "http://localhost:8300"}, 504, "unreachable"
    ),
    "links.finish": _refused({"answer": {"code": "from its page", "state": "from its page"}}, 403, "not_allowed"),
    "links.cars": _refused({"id": "demo"}, 400, "bad_input"),
    "links.map_car": _refused({"id": "demo", "car": {}}, 400, "bad_input"),
    "links.steer": Example({"id": "demo", "orders": {"clear": True}}, {"answer": {"faults": [], **MORE}}),
    "links.near": _refused({"id": "demo"}, 400, "bad_input"),
    "links.call": _refused({"id": "demo", "address": "192.168.1.30"}, 400, "bad_input"),
    "links.pair": _refused({"id": "demo", "device": PHONE, "owner": "anna"}, 400, "bad_input"),
    "links.confirm": _refused({"id": "demo", "device": PHONE, "owner": "anna"}, 400, "bad_input"),
    "links.part": _refused({"id": "demo", "device": PHONE}, 400, "bad_input"),
    "people.list": Example({}, {"people": [{"id": "anna", "name": "Anna", "role": "owner", **MORE}, "…"]}),
    "people.add": Example(
        {"name": "Ida", "role": "guest"}, {"id": "ida", "name": "Ida", "role": "guest", "added_at": "<time>"}
    ),
    "people.change": Example({"person": "ida", "color": "#5bd99a"}, {"id": "ida", "color": "#5bd99a", **MORE}),
    "people.remove": Example({"person": "ida"}, {"done": True}),
    "people.devices": Example({}, {"devices": []}),
    "people.revoke": _refused({"device": "01a"}, 404, "not_found"),
    "people.grants": Example(
        {}, {"grants": [{"id": "demo-1", "to": "person:noor", "sentence": "read living-lamp/**"}, "…"]}
    ),
    "people.grant": Example(
        {"to": "person:noor", "sentence": "act kitchen-lights/** daily 18:00-23:00"},
        {"id": "<id g>", "to": "person:noor", "sentence": "act kitchen-lights/** daily 18:00-23:00"},
    ),
    "people.ungrant": Example({"grant": "<id g>"}, {"done": True}),
    "people.me": Example({}, {"actor": "local:cli", "role": "owner", "fresh": True, "seat": "elsewhere", **MORE}),
    "people.password": _refused({"password": "an evening by the lake"}, 403, "not_allowed"),
    "people.passkey_remove": _refused({"passkey": "01a"}, 403, "not_allowed"),
    "people.pair_start": Example(
        {"person": "mei"}, {"code": "<text>", "link": "<text>", "qr": "<text>", "expires": "<time>"}
    ),
    "people.pair_look": _refused({"code": "7K2M-9QXD"}, 404, "not_found"),
    "people.pair_confirm": _refused({"code": "7K2M-9QXD", "signs": "🌲🚲🌙", "person": "mei"}, 404, "not_found"),
    "people.pair_refuse": _refused({"code": "7K2M-9QXD"}, 404, "not_found"),
    "people.drives": Example({"car": "car", "person": "mei"}, {"done": True}),
    "people.passenger": _refused({}, 403, "not_allowed"),
    "people.household": Example(
        {}, {"name": "Demo household", "zone": "<text>", "market": "world", "home": {"radius": 110.0, **MORE}}
    ),
    "people.household_change": Example(
        {"home": {"latitude": 47.14226, "longitude": 9.52683}}, {"name": "Demo household", **MORE}
    ),
    "people.device_change": _refused({"device": "01a", "name": "Kitchen tablet"}, 404, "not_found"),
    "people.device_key": _refused({"key": "not-a-key"}, 400, "bad_input"),
    "keys.list": Example(
        {},
        {
            "status": {"state": "in", "member": "hub.home", "version": "<number>", "keeper": "hub.home", **MORE},
            "members": [
                {"id": "hub.home", "kind": "hub", "person": None, "signs": True, "since": 1, "owner": False, "by": ""},
                "…",
            ],
            "signer": "hub.home",
            "made": "<time>",
            "device": None,
            "signs": "",
        },
    ),
    "keys.chain": Example(
        {"version": 0}, {"lists": [{"body": "<text>", "signature": "<text>"}, "…"], "status": {"state": "in", **MORE}}
    ),
    "keys.say": _refused({"sign": "BA", "open": "BA", "signature": "AA"}, 403, "not_allowed"),
    "keys.waiting": Example({}, {"head": "<text>", "waiting": []}),
    "keys.vouch": _refused({"member": "tablet", "by": "phone", "signature": "AA", "before": "a1"}, 404, "not_found"),
    "keys.refuse": _refused({"member": "tablet", "sign": "BA"}, 403, "not_allowed"),
    "keys.give": Example({"lists": [{"body": "{}", "signature": "AA"}]}, {"taken": 0, "refused": "unsound"}),
    "keys.print": Example({}, {"code": "<text>", "qr": "<text>", "sign": "<text>", "open": "<text>"}),
    "keys.paper": _refused({"sign": "BA", "open": "BA", "signature": "AA"}, 400, "bad_input"),
    "keys.recover": _refused({"code": "7K3QM-0000"}, 400, "bad_input"),
    "keys.begin_anew": Example({}, {"done": True}),
    "sites.list": Example({}, {"site": "home", "others": []}),
    "sites.invite": Example({}, {"link": "<text>", "expires": "<time>"}),
    "sites.join": _refused({"link": "https://wayhome.local:8300/#site=from-the-invitation"}, 409, "conflict"),
    "sites.remove": _refused({"site": "car"}, 404, "not_found"),
    "sites.move": _refused({"thing": "tablet", "site": "car"}, 404, "not_found"),
    "sites.relay": Example({}, {"relay": None, "id": "<text>", "state": "off", **MORE}),
    "sites.use_relay": _refused({"relay": "relay.example.org:8443"}, 400, "bad_input"),
    "demo.tunnel": _refused({"closed": True}, 404, "not_found"),
    "upkeep.about": Example({}, {"version": "<text>", "demo": True, "epoch": "<epoch>", "rev": "<rev>", **MORE}),
    "upkeep.backup": Example({"passphrase": "an evening by the lake"}, {"file": "<text>", "notes": []}),
    "upkeep.export": Example({}, {"file": "<text>", "notes": ["…"]}),
    "upkeep.doctor": Example({}, {"well": True, "findings": [{"name": "<text>", "ok": True, "text": "<text>"}, "…"]}),
    "upkeep.metrics": Example({}, "text/plain; version=0.0.4; charset=utf-8", file=True),
    "upkeep.archives": Example(
        {}, {"copies": [{"file": "<text>", "kind": "export", "sealed": False, **MORE}, "…"], "room": MORE}
    ),
    "upkeep.download": _refused({"file": "wayhome-backup-20261125T033000.000000Z.tar"}, 404, "not_found"),
    "upkeep.forget": _refused({"file": "wayhome-backup-20261125T033000.000000Z.tar"}, 404, "not_found"),
    "upkeep.verify": _refused({"file": "wayhome-backup-20261125T033000.000000Z.tar"}, 404, "not_found"),
    "upkeep.automatic": Example({}, {"every": "never", "keep": 7, "sealed": False, **MORE}),
    "upkeep.automatic_change": Example({"every": "week", "keep": 4}, {"every": "week", "keep": 4, **MORE}),
    "upkeep.reached": Example({}, {"url": "<text>", "house": False, "secure": False, **MORE}),
    "upkeep.reach": Example({"house": False}, {"done": True}),
    "upkeep.erase": _refused({"name": "not what it is called"}, 400, "bad_input"),
}
