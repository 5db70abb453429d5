"""``wayhome`` with two things changed: its push messages may go to the push service on this machine, whose certificate
the environment names (everywhere else a push service is one of the open internet), and each ring is told by push, also
those that follow within a minute."""

from __future__ import annotations

import os
import ssl
import sys
from importlib import import_module

import msgspec

from wayhome.cli import main
from wayhome.features.notices import slots
from wayhome.features.notices.push.sender import Reach

TRUST = "WAYHOME_TESTS_PUSH"

if __name__ == "__main__":
    living = import_module("wayhome.features.notices.living")
    trust = ssl.create_default_context(cafile=os.environ[TRUST])
    vars(living)["Reach"] = lambda: Reach(True, trust)
    slots.PACE = {**slots.PACE, "doorbell": msgspec.structs.replace(slots.PACE["doorbell"], gap=0.0)}
    vars(living)["living"].__wrapped__.__kwdefaults__["pace"] = slots.PACE
    sys.exit(main())
