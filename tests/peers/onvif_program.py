"""The ONVIF side of a camera: IPyCam's services (WS-Discovery, device, media, PTZ; WS-Security with its window of 300
s), for the film of a camera that another program sends, and events beside them (onvif_pull.py). Run by the Python that
has IPyCam: ``onvif_program.py HTTP_PORT RTSP_PORT USER PASSWORD TERM [--rings] [--jpeg]``. ``/control/…`` is
for tests."""

from __future__ import annotations

import json
import sys
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

from ipycam import CameraConfig, IPCameraHTTPHandler, ONVIFService, PTZController, WSDiscoveryServer
from onvif_pull import PullPoint

TOPICS = "".join(
    f'<tns1:{one}><{two} wstop:topic="true"><tt:MessageDescription IsProperty="true"><tt:Source>'
    '<tt:SimpleItemDescription Name="Source" Type="tt:ReferenceToken"/></tt:Source><tt:Data>'
    '<tt:SimpleItemDescription Name="State" Type="xs:boolean" xmlns:xs="http://www.w3.org/2001/XMLSchema"/></tt:Data>'
    f"</tt:MessageDescription></{two}></tns1:{one}>"
    for one, two in (("VideoSource", "MotionAlarm"), ("VideoAnalytics", "Unheard"))
)
RINGS = (
    '<tns1:RuleEngine><MyRuleDetector><Visitor wstop:topic="true"><tt:MessageDescription IsProperty="true"><tt:Data>'
    '<tt:SimpleItemDescription Name="State" Type="xs:boolean" xmlns:xs="http://www.w3.org/2001/XMLSchema"/></tt:Data>'
    "</tt:MessageDescription></Visitor></MyRuleDetector></tns1:RuleEngine>"
)


class Service(ONVIFService):
    """IPyCam's, which tells of the events as well."""

    events = ""

    def get_profiles(self) -> str:
        told: str = super().get_profiles()
        return told.replace("H264", "JPEG") if "--jpeg" in sys.argv else told

    def get_capabilities(self) -> str:
        told: str = super().get_capabilities()
        more = (
            f"<tt:Events><tt:XAddr>{self.events}</tt:XAddr><tt:WSSubscriptionPolicySupport>true"
            "</tt:WSSubscriptionPolicySupport><tt:WSPullPointSupport>true</tt:WSPullPointSupport>"
            "<tt:WSPausableSubscriptionManagerInterfaceSupport>false</tt:WSPausableSubscriptionManagerInterfaceSupport>"
            "</tt:Events>"
        )
        return told.replace("<tt:Media>", f"{more}<tt:Media>", 1)

    def get_services(self) -> str:
        told: str = super().get_services()
        more = (
            "<tds:Service><tds:Namespace>http://www.onvif.org/ver10/events/wsdl</tds:Namespace>"
            f"<tds:XAddr>{self.events}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>6</tt:Minor></tds:Version>"
            "</tds:Service>"
        )
        return told.replace("</tds:GetServicesResponse>", f"{more}</tds:GetServicesResponse>", 1)


class Handler(IPCameraHTTPHandler):
    pull: PullPoint
    asked: Path

    def do_POST(self) -> None:
        if self.path.startswith("/control/"):
            return self._control()
        if not self.path.startswith("/onvif/events"):
            super().do_POST()
            return None
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with self.asked.open("a") as file:
            file.write(json.dumps(body) + "\n")
        if not self.camera.onvif.verify_usernametoken(body):
            return self._say(401, self.camera.onvif.fault("Sender not authorized"))
        return self._say(*self.pull.answer(self.path, body))

    def _control(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        if self.path == "/control/say":
            self.pull.say(sent)
        elif self.path == "/control/mode":
            self.pull.turn(sent)
        self._say(200, json.dumps({"counts": self.pull.counts, "ptz": self.camera.onvif.ptz.get_status()}))

    def _say(self, status: int, text: str) -> None:
        data = text.encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            pass


def main() -> None:
    http_port, rtsp_port, user, password, term = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:6]
    config = CameraConfig(
        name="Yard", manufacturer="IPyCam", local_ip="127.0.0.1", onvif_port=http_port, rtsp_port=rtsp_port,
        main_stream_name="yard", sub_stream_name="yard", username=user, password=password,
    )  # fmt: skip
    service = Service(config, PTZController())
    service.events = f"http://127.0.0.1:{http_port}/onvif/events"
    WSDiscoveryServer(service).start()
    Handler.camera = SimpleNamespace(config=config, onvif=service)
    Handler.pull = PullPoint(service.events, float(term), TOPICS + (RINGS if "--rings" in sys.argv else ""))
    Handler.asked = Path("asked")
    server = ThreadingHTTPServer(("127.0.0.1", http_port), Handler)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()
