"""Two judges of events that we did not write: the client that Home Assistant speaks to cameras with, and the standard's
own schema in it. Run by the Python that has them (tests/peers/onvif.txt):

``judge.py listen PORT USER PASSWORD COUNT``: hear so many messages as Home Assistant would, a line of JSON each.
``judge.py check FILE``: read what was asked (a line of JSON each) by the schema; one line each, "" or what is wrong."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
from pathlib import Path

import onvif
import onvif_parsers
from lxml import etree
from onvif import ONVIFCamera
from zeep import Client, Settings

WSDL = Path(onvif.__file__).parent / "wsdl"
SOAP = "{http://www.w3.org/2003/05/soap-envelope}"


async def listen(port: int, user: str, password: str, count: int) -> None:
    camera = ONVIFCamera("127.0.0.1", port, user, password, str(WSDL), adjust_time=True)
    await camera.update_xaddrs()
    manager = await camera.create_pullpoint_manager(dt.timedelta(seconds=60), lambda: None)
    heard = 0
    while heard < count:
        answer = await manager.get_service().PullMessages({"Timeout": dt.timedelta(seconds=2), "MessageLimit": 50})
        for message in answer.NotificationMessage:
            events = await onvif_parsers.parse(message.Topic._value_1, "yard", message)
            told = [[event.name, event.platform, event.device_class, event.value] for event in events or []]
            print(json.dumps({"topic": message.Topic._value_1, "told": told}), flush=True)
            heard += 1
    await manager.shutdown()
    await camera.close()


def check(path: str) -> None:
    client = Client(str(WSDL / "events.wsdl"), settings=Settings(strict=True))
    for line in Path(path).read_text().splitlines():
        body = etree.fromstring(json.loads(line).encode()).find(f"{SOAP}Body")
        try:
            element = client.get_element(body[0].tag)
            element.parse(body[0], client.wsdl.types)
            print()
        except Exception as error:
            print(f"{body[0].tag}: {type(error).__name__} {error}")


if __name__ == "__main__":
    if sys.argv[1] == "listen":
        asyncio.run(listen(int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])))
    else:
        check(sys.argv[2])
