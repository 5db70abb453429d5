"""The desktop's view of jobs, on the bus of a KDE Connect device: one progress for each job that its programs have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.peers.kdeconnect import KdeConnect
from tests.peers.program import Program, find


class JobView(Program):
    """As ``with JobView(phone) as view``."""

    def __init__(self, phone: KdeConnect) -> None:
        program = Path(__file__).with_name("job_view_program.py")
        python = find("python3", Path("/usr/bin/python3"))
        super().__init__("job-view", [python, str(program), phone.bus_address], phone.folder)

    def __enter__(self) -> JobView:
        self.start(lambda: any("ready" in one for one in self.told), 60)
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def shows(self, phone: KdeConnect) -> None:
        """From its next start on kdeconnectd tells it of its jobs, by the part of KDE's libraries that does so; on a
        desktop other plugins load that as well."""
        phone.daemon._env["LD_PRELOAD"] = "libKF6KIOWidgets.so.6"

    @property
    def told(self) -> list[dict[str, Any]]:
        """All that it was told, in order."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{")]

    def job(self, number: int) -> dict[str, Any]:
        """What was told of one job, the newest of each."""
        found: dict[str, Any] = {}
        for one in self.told:
            if one.get("job") == number:
                found |= one
        return found

    @property
    def jobs(self) -> int:
        """How many there were."""
        return sum("program" in one for one in self.told)
