"""Plain tar files, written and read as streams: regular files only, each held to a manifest of SHA-256.

The reader is our own because nothing else that a tar file can say (links, devices, sparse files, extended headers) is
wanted: what is not a regular file with a name we know is refused before a byte of it is read.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

import msgspec

from wayhome.errors import BadInput, TooLarge

MANIFEST = "manifest.json"
MOST_FILES = 2_000_000
_BLOCK = 512
_PIECE = 1 << 20
_MANIFEST_LIMIT = 512 * 1024 * 1024


class Source(Protocol):
    """What can be read to its end."""

    def read(self, size: int, /) -> bytes: ...


class Sink(Protocol):
    """What can be written to."""

    def write(self, content: bytes, /) -> object: ...


class Listed(msgspec.Struct, frozen=True):
    """One file in the manifest."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """The last file of an archive: what the others must be. ``made``: s since 1970."""

    format: str
    version: int
    made: float
    files: dict[str, Listed]


class Writer:
    """Puts files into a tar stream and keeps the manifest."""

    def __init__(self, out: Sink, made: float) -> None:
        self._out = out
        self._made = made
        self._files: dict[str, Listed] = {}

    def add(self, name: str, content: bytes) -> None:
        """A file with this content."""
        self._head(name, len(content))
        self._out.write(content)
        self._end(name, len(content), hashlib.sha256(content).hexdigest())

    def add_file(self, name: str, path: Path) -> None:
        """A file as it is at ``path``; it must not change meanwhile."""
        size = path.stat().st_size
        self._head(name, size)
        digest = hashlib.sha256()
        with path.open("rb") as file:
            left = size
            while left and (piece := file.read(min(_PIECE, left))):
                digest.update(piece)
                self._out.write(piece)
                left -= len(piece)
        if left:
            raise OSError(None, f"{path} became shorter while it was read")
        self._end(name, size, digest.hexdigest())

    def finish(self, format: str, version: int) -> None:
        """The manifest and the end of the tar file."""
        content = msgspec.json.encode(Manifest(format, version, self._made, self._files))
        self._head(MANIFEST, len(content))
        self._out.write(content + bytes(-len(content) % _BLOCK) + bytes(_BLOCK * 2))

    def _head(self, name: str, size: int) -> None:
        head = tarfile.TarInfo(name)
        head.size, head.mtime, head.mode = size, int(self._made), 0o600
        self._out.write(head.tobuf(tarfile.GNU_FORMAT))

    def _end(self, name: str, size: int, digest: str) -> None:
        self._out.write(bytes(-size % _BLOCK))
        self._files[name] = Listed(size, digest)


def unpack(source: Source, folder: Path, format: str, allowed: Callable[[str], bool], limit: int) -> Manifest:
    """Write the files of an archive into ``folder`` and hold them to its manifest.

    Raises BadInput for what is not an archive of this format, is cut off, was altered, or holds anything but regular
    files with allowed names, each once; TooLarge when it would take more than ``limit`` bytes.
    """
    found: dict[str, Listed] = {}
    manifest: Manifest | None = None
    total = 0
    for name, size in _heads(source):
        if manifest is not None:
            raise BadInput("something follows after the archive's manifest", advice=ADVICE)
        if name == MANIFEST:
            manifest = _manifest(_exactly(source, min(size, _MANIFEST_LIMIT + 1)), size)
            _exactly(source, -size % _BLOCK)
            continue
        if not allowed(name) or name in found:
            raise BadInput(f"the archive holds {name[:80]!r}, which does not belong there", advice=ADVICE)
        total += size
        if total > limit or len(found) >= MOST_FILES:
            raise TooLarge("the archive is larger than the room there is", advice="Free disk space, then try again.")
        found[name] = Listed(size, _write(source, folder / name, size))
    if manifest is None:
        raise BadInput("the archive is cut off: its end is missing", advice=ADVICE)
    if manifest.format != format:
        raise BadInput(f"this is a {manifest.format[:40]!r} and not a {format!r}", advice=ADVICE)
    if manifest.files != found:
        wrong = next(n for n in sorted({*manifest.files, *found}) if manifest.files.get(n) != found.get(n))
        raise BadInput(f"{wrong[:80]} in the archive is missing or was altered", advice=ADVICE)
    return manifest


ADVICE = "Take another copy of the file; this one can't be used. Nothing was changed."


def _heads(source: Source) -> Iterator[tuple[str, int]]:
    while True:
        block = _exactly(source, _BLOCK)
        if block == bytes(_BLOCK):
            return
        try:
            head = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.TarError, ValueError):
            raise BadInput("the file is not an archive of Wayhome, or it is damaged", advice=ADVICE) from None
        if head.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or head.name.endswith("/") or head.size < 0:
            raise BadInput(f"the archive holds {head.name[:80]!r}, which is not a plain file", advice=ADVICE)
        yield head.name, head.size


def _write(source: Source, to: Path, size: int) -> str:
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        _pour(source, file, size, digest.update)
    _exactly(source, -size % _BLOCK)
    return digest.hexdigest()


def _pour(source: Source, file: IO[bytes], size: int, see: Callable[[bytes], None]) -> None:
    while size:
        piece = _exactly(source, min(size, _PIECE))
        see(piece)
        file.write(piece)
        size -= len(piece)


def _exactly(source: Source, size: int) -> bytes:
    content = b""
    while len(content) < size:
        piece = source.read(size - len(content))
        if not piece:
            raise BadInput("the archive is cut off: its end is missing", advice=ADVICE)
        content += piece
    return content


def _manifest(content: bytes, size: int) -> Manifest:
    if size > _MANIFEST_LIMIT:
        raise BadInput("the archive's manifest is too large", advice=ADVICE)
    try:
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError:
        raise BadInput("the archive's manifest can't be read", advice=ADVICE) from None
