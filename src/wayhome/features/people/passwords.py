"""Passwords: hashed with argon2id in worker threads, few at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wayhome.errors import TooMany
from wayhome.features.people.strength import MOST

NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$UThRElJ7qQtNW6CBUQAikw$iIDDRzyeAjUQDS0v8t3ZMvhL/DF5W7v8kRKwOuATsns"
"""What is checked for somebody who is not there, so that the answer takes as long. It fits no known password."""
AT_ONCE = 2
"""Each hash takes 64 MiB and a core: more at once would let strangers fill the machine."""
QUEUE = 8


class Passwords:
    """Makes and checks password hashes: argon2id, 64 MiB, 3 passes (RFC 9106, second recommended option)."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
        self._limit = anyio.CapacityLimiter(AT_ONCE)

    async def hash(self, password: str) -> str:
        """The hash to keep. Raises TooMany."""
        return await self._run(lambda: self._hasher.hash(_bytes(password)))

    async def check(self, kept: str | None, password: str) -> bool:
        """Whether the password is the kept one; None: nobody's, which takes as long and is wrong. Raises TooMany."""

        def run() -> bool:
            try:
                return self._hasher.verify(NOBODY if kept is None else kept, _bytes(password)) and kept is not None
            except (VerificationError, InvalidHashError):
                return False

        return await self._run(run)

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(kept)

    async def _run[T](self, work: Callable[[], T]) -> T:
        if self._limit.statistics().tasks_waiting >= QUEUE:
            raise TooMany("too many people sign in at once")
        return await anyio.to_thread.run_sync(work, limiter=self._limit)


def _bytes(password: str) -> bytes:
    # The same letters typed on another keyboard must be the same password.
    return unicodedata.normalize("NFKC", password[: MOST + 1]).encode("utf-8", "surrogatepass")
