"""What shows the progress of jobs on a computer's desktop, as Plasma does for the programs of KDE: it writes what it is
told, a line of JSON each. Run by the system's own Python, which has D-Bus."""

from __future__ import annotations

import json
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

SERVER, JOB = "org.kde.JobViewServerV2", "org.kde.JobViewV3"


def say(**said: object) -> None:
    print(json.dumps(said), flush=True)


class View(dbus.service.Object):
    """One job."""

    def __init__(self, bus: dbus.Bus, number: int) -> None:
        self.path = f"/jobs/{number}"
        self.number = number
        super().__init__(bus, self.path)

    @dbus.service.method(JOB, in_signature="a{sv}")
    def update(self, what: dict[str, object]) -> None:
        say(job=self.number, **{str(name): str(value) for name, value in what.items()})

    @dbus.service.method(JOB, in_signature="usa{sv}")
    def terminate(self, code: int, text: str, hints: dict[str, object]) -> None:
        say(job=self.number, ended=int(code))


class Server(dbus.service.Object):
    """Where jobs are registered."""

    def __init__(self, bus: dbus.Bus) -> None:
        self.bus = bus
        self.views: list[View] = []
        super().__init__(bus, "/JobViewServer")

    @dbus.service.method(SERVER, in_signature="sia{sv}", out_signature="o")
    def requestView(self, program: str, capabilities: int, hints: dict[str, object]) -> str:
        view = View(self.bus, len(self.views) + 1)
        self.views.append(view)
        say(job=view.number, program=str(program))
        return view.path

    @dbus.service.method("org.kde.kuiserver", out_signature="b")
    def requiresJobTracker(self) -> bool:
        return False


if __name__ == "__main__":
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    session = dbus.bus.BusConnection(sys.argv[1])
    names = [dbus.service.BusName(name, session) for name in ("org.kde.JobViewServer", "org.kde.kuiserver")]
    server = Server(session)
    say(ready=True)
    GLib.MainLoop().run()
