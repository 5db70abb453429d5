"""A disk for tests, under the production writer: it remembers every write and sync, and can be full.

``after_cut`` makes what a real disk may hold after the power failed at any moment: all that was synced, of the rest any
part, and the last write torn.
"""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import apsw


class Disk:
    """Records what apsw writes to the files of one folder."""

    def __init__(self, folder: Path, *, forget_syncs: bool = False) -> None:
        """``forget_syncs``: the control. Connections are told synchronous = OFF, whatever the writer asks for."""
        self.folder = folder
        self.full = False
        self.refused = 0
        self.done: list[tuple[str, str, int, bytes]] = []
        """(file, what, offset, content) in order; what is write, truncate, sync, delete or ack."""
        self._lock = threading.Lock()
        self._forget_syncs = forget_syncs
        self._at_start = {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.endswith("-shm")}
        self._vfs = _Recorder(self)

    def connect(self, path: Path) -> _Connection:
        """For ``SqliteStore(connect=...)``."""
        connection = apsw.Connection(str(path), vfs=self._vfs.name)
        connection.set_busy_timeout(5_000)
        return _Connection(connection, self._forget_syncs)

    def note(self, file: str, what: str, offset: int = 0, content: bytes = b"") -> None:
        with self._lock:
            self.done.append((file, what, offset, content))

    def check_room(self) -> None:
        if self.full:
            self.refused += 1
            error = apsw.FullError("no room")
            error.result = apsw.SQLITE_FULL
            raise error

    def after_cut(self, at: int, folder: Path, chance: random.Random) -> int:
        """Put into ``folder`` what may be left when the power fails before ``done[at]``; the number of acks by then."""
        synced = {name: bytearray(content) for name, content in self._at_start.items()}
        waiting: list[tuple[str, str, int, bytes]] = []
        acks = 0
        for step in self.done[:at]:
            name, what, _, _ = step
            if what == "ack":
                acks += 1
            elif what == "sync":
                for kept in [w for w in waiting if w[0] == name]:
                    _apply(synced, kept)
                waiting = [w for w in waiting if w[0] != name]
            else:
                waiting.append(step)
        for number, step in enumerate(waiting):
            if number == len(waiting) - 1 or chance.random() < 0.1:
                name, what, offset, content = step
                _apply(synced, (name, what, offset, content[: chance.randrange(len(content) + 1)]))
            elif chance.random() < 0.5:
                _apply(synced, step)
        for name, content in synced.items():
            (folder / name).write_bytes(content)
        return acks


def _apply(files: dict[str, bytearray], step: tuple[str, str, int, bytes]) -> None:
    name, what, offset, content = step
    file = files.setdefault(name, bytearray())
    if what == "truncate":
        del file[offset:]
    elif what == "delete":
        files.pop(name)
    elif content:
        file.extend(bytes(max(0, offset - len(file))))
        file[offset : offset + len(content)] = content


class _Connection:
    def __init__(self, inner: apsw.Connection, forget_syncs: bool) -> None:
        self._inner = inner
        self._forget_syncs = forget_syncs

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        if self._forget_syncs and sql.startswith("PRAGMA synchronous"):
            sql = "PRAGMA synchronous = OFF"
        return self._inner.execute(sql, parameters)

    def close(self) -> None:
        self._inner.close()


class _Recorder(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self.name = f"recorder-{id(disk)}"
        self._disk = disk
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _File(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self._disk.note(Path(filename).name, "delete")
        super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        text = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(text).name if text else "temporary"
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.check_room()
        self._disk.note(self._name, "write", offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self._disk.note(self._name, "truncate", newsize)
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._disk.note(self._name, "sync")
