"""The events of a camera (ONVIF's pull point): what no camera program in the registries has. It plays what real cameras
have sent, see tests/links/rtsp/recordings; that it answers as cameras do is held against it by the client that Home
Assistant speaks to cameras with (tests/links/rtsp/test_events.py). Standard library only: it runs beside IPyCam."""

from __future__ import annotations

import re
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:wsa5="http://www.w3.org/2005/08/addressing" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2"'
    ' xmlns:wstop="http://docs.oasis-open.org/wsn/t-1" xmlns:tev="http://www.onvif.org/ver10/events/wsdl"'
    ' xmlns:tns1="http://www.onvif.org/ver10/topics" xmlns:tt="http://www.onvif.org/ver10/schema"'
    ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:ter="http://www.onvif.org/ver10/error">'
)
MESSAGE = (
    '<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
    "{topic}</wsnt:Topic><wsnt:Message><tt:Message{when}{how}><tt:Source>{source}</tt:Source>"
    "<tt:Data>{data}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>"
)
MODES = ("honest", "hang", "rubbish", "flood", "no-renew", "deaf", "lie", "huge", "none", "absolute")


def envelope(body: str) -> str:
    return f"{HEAD}<s:Body>{body}</s:Body></s:Envelope>"


def fault(reason: str, subcode: str = "ter:InvalidArgVal") -> str:
    return envelope(
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en">{escape(reason)}</s:Text></s:Reason></s:Fault>'
    )


def items(found: dict[str, str]) -> str:
    return "".join(f'<tt:SimpleItem Name="{escape(name)}" Value="{escape(value)}"/>' for name, value in found.items())


def said(time_: datetime) -> str:
    return time_.strftime("%Y-%m-%dT%H:%M:%SZ")


class Subscription:
    def __init__(self, ends: float) -> None:
        self.ends = ends
        self.waiting: list[str] = []


class PullPoint:
    """``url``: of its events. ``term``: the longest that a subscription lasts, in s."""

    def __init__(self, url: str, term: float, topics: str) -> None:
        self.url = url
        self.term = term
        self.topics = topics
        self.mode = "honest"
        self.counts: dict[str, int] = {}
        self._new = threading.Condition()
        self._subscriptions: dict[str, Subscription] = {}
        self._properties: dict[str, dict[str, object]] = {}

    # What the test does

    def say(self, message: dict[str, object]) -> None:
        """Something is noticed: ``topic``, ``source``, ``data``, ``property`` (false: it is none)."""
        with self._new:
            if message.get("property", True):
                self._properties[f"{message['topic']} {message['source']}"] = message
            text = self._message(message, "Changed")
            for subscription in self._subscriptions.values():
                subscription.waiting.append(text)
            self._new.notify_all()

    def turn(self, mode: str) -> None:
        with self._new:
            self.mode = mode
            self._new.notify_all()

    @staticmethod
    def _message(message: dict[str, object], operation: str) -> str:
        how = f' PropertyOperation="{operation}"' if message.get("property", True) else ""
        when = f' UtcTime="{said(datetime.now(UTC))}"'
        source, data = message["source"], message["data"]
        assert isinstance(source, dict) and isinstance(data, dict)
        topic = escape(str(message["topic"]))
        return MESSAGE.format(topic=topic, when=when, how=how, source=items(source), data=items(data))

    # What is asked

    def answer(self, path: str, body: str) -> tuple[int, str]:
        """An answer: its status, and what it says."""
        found = re.search(r"<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)", body)
        asked = found.group(1) if found else ""
        self.counts[asked] = self.counts.get(asked, 0) + 1
        if self.mode == "hang":
            self._wait(60, lambda: self.mode != "hang")
        if self.mode == "rubbish":
            return 200, "<a><b></a>\x00" * 50
        if self.mode == "none":
            return 400, fault("not supported", "ter:ActionNotSupported")
        if asked == "GetEventProperties":
            return 200, envelope(
                "<tev:GetEventPropertiesResponse><tev:TopicNamespaceLocation>http://www.onvif.org/onvif/ver10/topics/"
                f"topicns.xml</tev:TopicNamespaceLocation><wsnt:FixedTopicSet>true</wsnt:FixedTopicSet>"
                f"<wstop:TopicSet>{self.topics}</wstop:TopicSet><wsnt:TopicExpressionDialect>http://www.onvif.org/"
                "ver10/tev/topicExpression/ConcreteSet</wsnt:TopicExpressionDialect><tev:MessageContentFilterDialect>"
                "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter</tev:MessageContentFilterDialect>"
                "<tev:MessageContentSchemaLocation>http://www.onvif.org/onvif/ver10/schema/onvif.xsd"
                "</tev:MessageContentSchemaLocation></tev:GetEventPropertiesResponse>"
            )
        if asked == "CreatePullPointSubscription":
            return self._create(body)
        return self._of_subscription(path.rpartition("/")[2], asked, body)

    def _create(self, body: str) -> tuple[int, str]:
        if self.mode == "absolute" and "PT" in body.partition("InitialTerminationTime")[2][:8]:
            return 400, fault("a time is wanted")
        id = uuid.uuid4().hex[:8]
        with self._new:
            if len(self._subscriptions) > 8:
                return 500, fault("too many subscriptions")
            self._subscriptions[id] = Subscription(time.monotonic() + self.term)
            self._synchronize(id)
        # Another host's address, as one behind a router tells it.
        address = self.url.replace("127.0.0.1", "203.0.113.9") if self.mode == "lie" else self.url
        return 200, envelope(
            f"<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa5:Address>{address}/{id}"
            f"</wsa5:Address></tev:SubscriptionReference>{self._times('wsnt')}</tev:CreatePullPointSubscriptionResponse>"
        )

    def _of_subscription(self, id: str, asked: str, body: str) -> tuple[int, str]:
        with self._new:
            known = self._subscriptions.get(id)
            if known is None or known.ends < time.monotonic():
                self._subscriptions.pop(id, None)
                return 400, fault("there is no such subscription", "ter:InvalidArgVal")
        if asked == "Renew":
            if self.mode == "no-renew":
                return 400, fault("can't be renewed")
            known.ends = time.monotonic() + self.term
            return 200, envelope(f"<wsnt:RenewResponse>{self._times('wsnt', True)}</wsnt:RenewResponse>")
        if asked == "SetSynchronizationPoint":
            with self._new:
                self._synchronize(id)
            return 200, envelope("<tev:SetSynchronizationPointResponse/>")
        if asked == "Unsubscribe":
            self._subscriptions.pop(id, None)
            return 200, envelope("<wsnt:UnsubscribeResponse/>")
        if asked == "PullMessages":
            return self._pull(known, body)
        return 400, fault("not supported", "ter:ActionNotSupported")

    def _pull(self, known: Subscription, body: str) -> tuple[int, str]:
        wait = re.search(r"Timeout>PT(\d+)S<", body)
        most = re.search(r"MessageLimit>(\d+)<", body)
        assert wait and most
        if self.mode == "flood":
            alarm = "tns1:VideoSource/MotionAlarm"
            flips = [
                self._message(
                    {"topic": alarm, "source": {"Source": f"V_{n % 3}"}, "data": {"State": str(n % 2)}}, "Changed"
                )
                for n in range(400)
            ]
            return 200, self._pulled(flips)
        if self.mode == "huge":
            return 200, self._pulled(["<wsnt:NotificationMessage/>" + " " * 2_000_000])
        self._wait(int(wait.group(1)), lambda: bool(known.waiting) and self.mode != "deaf")
        with self._new:
            told, known.waiting = known.waiting[: int(most.group(1))], known.waiting[int(most.group(1)) :]
        return 200, self._pulled(told)

    def _pulled(self, told: list[str]) -> str:
        return envelope(f"<tev:PullMessagesResponse>{self._times('tev')}{''.join(told)}</tev:PullMessagesResponse>")

    def _synchronize(self, id: str) -> None:
        kept = [self._message(one, "Initialized") for one in self._properties.values()]
        self._subscriptions[id].waiting += kept
        self._new.notify_all()

    def _wait(self, seconds: float, done: object) -> None:
        assert callable(done)
        with self._new:
            self._new.wait_for(done, seconds)

    def _times(self, prefix: str, end_first: bool = False) -> str:
        now = datetime.now(UTC)
        end = said(now + timedelta(seconds=self.term))
        times = [
            f"<{prefix}:CurrentTime>{said(now)}</{prefix}:CurrentTime>",
            f"<{prefix}:TerminationTime>{end}</{prefix}:TerminationTime>",
        ]
        return "".join(reversed(times) if end_first else times)
