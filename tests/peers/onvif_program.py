"""The ONVIF side of a camera: IPyCam's services (WS-Discovery, device, media; WS-Security with its window of 300 s),
for the film of a camera that another program sends. Run by the Python that has IPyCam:
``python onvif_program.py HTTP_PORT RTSP_PORT USER PASSWORD``."""

from __future__ import annotations

import sys
from http.server import ThreadingHTTPServer
from types import SimpleNamespace

from ipycam import CameraConfig, IPCameraHTTPHandler, ONVIFService, WSDiscoveryServer


def main() -> None:
    http_port, rtsp_port, user, password = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    config = CameraConfig(
        name="Yard", manufacturer="IPyCam", local_ip="127.0.0.1", onvif_port=http_port, rtsp_port=rtsp_port,
        main_stream_name="yard", sub_stream_name="yard", username=user, password=password,
    )  # fmt: skip
    service = ONVIFService(config)
    WSDiscoveryServer(service).start()
    IPCameraHTTPHandler.camera = SimpleNamespace(config=config, onvif=service)
    ThreadingHTTPServer(("127.0.0.1", http_port), IPCameraHTTPHandler).serve_forever()


if __name__ == "__main__":
    main()
