"""What cameras notice, on ONVIF's wire: the questions of a pull point, and what its messages mean in the house's terms.
Pure. Topics as cameras really send them, standard or not; what nobody knows is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

import msgspec

from wayhome.links.rtsp.onvif import Node

EVENTS = "http://www.onvif.org/ver10/events/wsdl"
NOTIFICATION = "http://docs.oasis-open.org/wsn/b-2"
_ADDRESSING = "http://www.w3.org/2005/08/addressing"
_MANAGER = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager"

CREATE = f"{EVENTS}/EventPortType/CreatePullPointSubscriptionRequest"
PROPERTIES = f"{EVENTS}/EventPortType/GetEventPropertiesRequest"
PULL = f"{EVENTS}/PullPointSubscription/PullMessagesRequest"
SYNCHRONIZE = f"{EVENTS}/PullPointSubscription/SetSynchronizationPointRequest"
RENEW = f"{_MANAGER}/RenewRequest"
UNSUBSCRIBE = f"{_MANAGER}/UnsubscribeRequest"

RING = "ring"
"""Not a state: somebody rings."""
NOTICED = ("motion", "person", "vehicle", "animal", "sound", "tampered", "input")
"""What a camera may notice, each a signal ``camera.<word>``."""
SHOWN = frozenset({"motion", "person", "vehicle", "animal", RING})
"""What counts as there when a camera only says that it could tell; of the rest many say so and never do."""

_CROSSED = "RuleEngine/LineDetector/Crossed"
"""It tells who crossed a line, and no end."""
_BY_TOPIC: dict[str, str] = {
    "VideoSource/MotionAlarm": "motion",
    "RuleEngine/CellMotionDetector/Motion": "motion",
    "RuleEngine/MotionRegionDetector/Motion": "motion",
    "RuleEngine/FieldDetector/ObjectsInside": "motion",
    _CROSSED: "motion",
    "RuleEngine/MyRuleDetector/PeopleDetect": "person",
    "RuleEngine/MyRuleDetector/FaceDetect": "person",
    "RuleEngine/MyRuleDetector/VehicleDetect": "vehicle",
    "RuleEngine/MyRuleDetector/DogCatDetect": "animal",
    "RuleEngine/MyRuleDetector/Visitor": RING,
    "UserAlarm/IVA/HumanShapeDetect": "person",
    "RuleEngine/TamperDetector/Tamper": "tampered",
    "VideoSource/GlobalSceneChange/AnalyticsService": "tampered",
    "VideoSource/GlobalSceneChange/ImagingService": "tampered",
    "VideoSource/GlobalSceneChange/RecordingService": "tampered",
    "AudioAnalytics/Audio/DetectedSound": "sound",
    "Device/Trigger/DigitalInput": "input",
    "Device/Trigger/AlarmIn": "input",
}
_BY_ITEM = {
    "IsPeople": "person", "IsVehicle": "vehicle", "IsPet": "animal", "IsTamper": "tampered", "IsMotion": "motion",
    "IsLineCross": "motion", "IsIntrusion": "motion", "IsSoundDetected": "sound",
}  # fmt: skip
"""Some makers have one topic for all, and tell by the item's name."""
_BY_ITEM_ONLY = frozenset({
    "RuleEngine/PeopleDetector/People", "RuleEngine/TPSmartEventDetector/TPSmartEvent",
    *(f"RuleEngine/CellMotionDetector/{one}" for one in ("People", "TpSmartEvent", "LineCross", "Intrusion", "Tamper")),
})  # fmt: skip
_AXIS = "CameraApplicationPlatform/VMD/"
_YES, _NO = frozenset({"true", "1", "on", "active"}), frozenset({"false", "0", "off", "inactive"})
_OF_VIDEO = ("VideoSourceConfigurationToken", "VideoSourceToken", "VideoSource", "Source")
type Body = Callable[[str], str]
MAX_MESSAGES = 50
MAX_TEXT = 200


class Reference(msgspec.Struct, frozen=True):
    """A subscription: its address, what has to be said to it along (an element of a header each), and how long the
    camera keeps it, in s (None: it does not say)."""

    address: str
    along: str
    lasts: float | None


class Noticed(msgspec.Struct, frozen=True):
    """One message. ``what``: of NOTICED, or RING. ``key``: of which detector it tells. ``on``: whether it is so; None:
    it happened, and has no length. ``first``: told because somebody asked, not because it changed."""

    what: str
    key: str
    on: bool | None
    first: bool


def header(action: str, to: str, id: str, along: str = "") -> str:
    """What addresses a request. ``id``: a UUID; ``along``: of the subscription's Reference."""
    return (
        f'<a:Action xmlns:a="{_ADDRESSING}">{action}</a:Action><a:MessageID xmlns:a="{_ADDRESSING}">urn:uuid:{id}'
        f'</a:MessageID><a:To xmlns:a="{_ADDRESSING}">{escape(to)}</a:To>{along}'
    )


def create(term: str) -> str:
    """Subscribe. ``term``: until when, a duration or a time."""
    return (
        "<CreatePullPointSubscription>"
        f"<InitialTerminationTime>{term}</InitialTerminationTime></CreatePullPointSubscription>"
    )


def pull(wait: int) -> str:
    """Ask for messages, and wait for some so many s."""
    return f"<PullMessages><Timeout>PT{wait}S</Timeout><MessageLimit>{MAX_MESSAGES}</MessageLimit></PullMessages>"


def renew(term: str) -> str:
    return f"<Renew><TerminationTime>{term}</TerminationTime></Renew>"


def lasts(answer: Node) -> float | None:
    """How long a subscription lasts by the camera's own clock, in s."""
    now, end = (_time(answer.said(name)) for name in ("CurrentTime", "TerminationTime"))
    return (end - now).total_seconds() if now is not None and end is not None else None


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def reference(answer: Node) -> Reference | None:
    """What CreatePullPointSubscription tells."""
    node = answer.find("SubscriptionReference")
    address = node.said("Address") if node is not None else ""
    if node is None or not address or len(address) > 1_000:
        return None
    along = ""
    for holder in (*node.all("ReferenceParameters"), *node.all("ReferenceProperties")):
        for one in holder.children[:8]:
            along += (
                f"<p:{one.name} xmlns:p={quoteattr(one.space)} xmlns:a={quoteattr(_ADDRESSING)} "
                f'a:IsReferenceParameter="true">{escape(one.text.strip()[:MAX_TEXT])}</p:{one.name}>'
            )
    return Reference(address, along, lasts(answer))


def noticed(answer: Node, foreign: frozenset[str] = frozenset()) -> list[Noticed]:
    """What PullMessages brings, in its order, without what nobody knows. ``foreign``: the tokens of video sources that
    are not this camera's (of a recorder with several)."""
    found = []
    for message in answer.all("NotificationMessage"):
        one = _one(message, foreign)
        if one is not None:
            found.append(one)
    return found[:MAX_MESSAGES]


def _one(message: Node, foreign: frozenset[str]) -> Noticed | None:
    topic = _path(message.said("Topic"))
    inner = message.find("Message", "Message") or message.find("Message")
    if inner is None:
        return None
    source, data = inner.find("Source"), inner.find("Data")
    sources = dict(_items(source)) if source is not None else {}
    if any(name in _OF_VIDEO and value in foreign for name, value in sources.items()):
        return None
    key = " ".join([topic, *(f"{name}={value}" for name, value in sorted(sources.items()))])
    operation = inner.attributes.get("PropertyOperation", "")
    for name, value in _items(data) if data is not None else ():
        what = meaning(topic, name)
        if what is None:
            continue
        on = False if operation == "Deleted" else _truth(value)
        if topic == _CROSSED:
            if operation in ("Initialized", "Deleted"):
                continue  # somebody did so once: it is told because we came, or because it is forgotten
            on = None
        elif what == RING and on and not operation:
            on = None
        elif on is None:
            continue
        return Noticed(what, key[:500], on, operation == "Initialized")
    return None


def meaning(topic: str, item: str) -> str | None:
    """What an item of a topic tells; None: nothing that we know."""
    if topic in _BY_ITEM_ONLY:
        return _BY_ITEM.get(item)
    if topic.startswith(_AXIS):
        return "motion" if item == "active" else None
    return _BY_TOPIC.get(topic)


def others(answer: Node, profile: str) -> frozenset[str]:
    """The tokens of video sources (GetProfiles) that are not those of the profile with this token: a recorder tells of
    all its cameras."""
    mine: set[str] = set()
    all: set[str] = set()
    for node in answer.all("Profiles"):
        source = node.find("VideoSourceConfiguration") or node.find("VideoSource")
        if source is not None:
            tokens = {source.attributes.get("token", "")[:MAX_TEXT], source.said("SourceToken")[:MAX_TEXT]} - {""}
            all |= tokens
            if node.attributes.get("token") == profile:
                mine |= tokens
    return frozenset(all - mine) if mine else frozenset()


def offered(answer: Node) -> frozenset[str]:
    """What a camera says that it could tell (GetEventProperties)."""
    topics = answer.find("TopicSet")
    return frozenset(_offered(topics, "")) if topics is not None else frozenset()


def _offered(node: Node, path: str) -> Iterator[str]:
    for child in node.children:
        if child.name == "MessageDescription":
            data = child.find("Data")
            names = [one.attributes.get("Name", "") for one in data.all("SimpleItemDescription")] if data else []
            yield from (what for what in (meaning(path, name) for name in names) if what is not None)
        else:
            yield from _offered(child, (f"{path}/{child.name}" if path else child.name)[:MAX_TEXT])


def _path(topic: str) -> str:
    """A topic without its prefixes: those are each camera's own."""
    return "/".join(part.rpartition(":")[2] for part in topic.strip()[:MAX_TEXT].split("/"))


def _items(node: Node) -> Iterator[tuple[str, str]]:
    for one in node.all("SimpleItem"):
        yield one.attributes.get("Name", "")[:MAX_TEXT], one.attributes.get("Value", "").strip()[:MAX_TEXT]


def _truth(text: str) -> bool | None:
    word = text.lower()
    return True if word in _YES else False if word in _NO else None
