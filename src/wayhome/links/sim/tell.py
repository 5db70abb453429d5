"""What is told when: out of all facts of a device those that changed, each at its rate."""

from __future__ import annotations

from wayhome.core.value import Value
from wayhome.links.sim.device import Device

SLOW_RATE = 1.0
"""Seconds between two tellings of what changes by itself."""


class Teller:
    """Remembers what one device said last, so that only news is told."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._said: dict[str, Value] = {}
        self._slow_at = float("-inf")

    def forget(self) -> None:
        """All is news again: after the device was away, or said something else."""
        self._said.clear()
        self._slow_at = float("-inf")

    def news(self, steady: float) -> tuple[dict[str, Value], dict[str, Value]]:
        """Facts to tell at ``steady`` (s that only go forward): those that a wish led to (whose key is
        ``device.cause``), and those that came by themselves."""
        device, said = self._device, self._said
        slow_too = steady - self._slow_at >= SLOW_RATE - 1e-6
        beats = device.beats() if slow_too else ()
        caused: dict[str, Value] = {}
        own: dict[str, Value] = {}
        for signal, value in device.facts().items():
            slow = signal in device.slow
            if slow and not slow_too:
                continue
            if signal in said and said[signal] == value and signal not in device.touched and signal not in beats:
                continue
            said[signal] = value
            (own if slow or device.cause is None else caused)[signal] = value
        if slow_too:
            self._slow_at = steady
        device.touched.clear()
        return caused, own
