"""Which command led to a state: Home Assistant's contexts, matched to the calls that we made. Pure.

A call's context id is known only from its result, but the state that it changes often comes before that. So a new
context of our own user, seen while a call of ours is under way, is taken for that call's; the result then settles it.
"""

from __future__ import annotations

from collections import OrderedDict

from wayhome.links.homeassistant.wire import Cause

KEPT = 1_000
"""So many contexts are remembered; a cover that moves for minutes still has its cause."""


class Causes:
    """The commands behind Home Assistant's contexts."""

    def __init__(self) -> None:
        self.user: str | None = None
        """Our own user at Home Assistant."""
        self._keys: OrderedDict[str, str] = OrderedDict()
        self._foreign: OrderedDict[str, None] = OrderedDict()
        self._under_way: dict[str, str] = {}

    def asked(self, key: str, entity: str) -> None:
        """A call for the command ``key`` leaves for ``entity``."""
        self._under_way[key] = entity

    def answered(self, key: str, context: str | None) -> None:
        """Its result came (or none will)."""
        self._under_way.pop(key, None)
        if context is not None:
            self._keep(context, key)

    def of(self, entity: str, cause: Cause) -> str | None:
        """The command's key that led to a state of ``entity``, or None when it was nothing of ours."""
        for context in (cause.id, cause.parent):
            if context is not None and context in self._keys:
                return self._keys[context]
        if cause.id is None or self.user is None or cause.user != self.user or cause.id in self._foreign:
            return None
        at_it = [key for key, asked in self._under_way.items() if asked == entity]
        keys = at_it or list(self._under_way)
        if len(keys) == 1:
            self._keep(cause.id, keys[0])
            return keys[0]
        if not keys:
            self._foreign[cause.id] = None
            while len(self._foreign) > KEPT:
                self._foreign.popitem(last=False)
        return None

    def _keep(self, context: str, key: str) -> None:
        self._keys[context] = key
        while len(self._keys) > KEPT:
            self._keys.popitem(last=False)
