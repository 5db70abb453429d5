"""The car's body: doors, windows, trunk and their locks."""

from __future__ import annotations

ROWS = ("Row1", "Row2")
SIDES = ("DriverSide", "PassengerSide")
DOORS = tuple(f"{row}.{side}" for row in ROWS for side in SIDES)
WINDOW_TRAVEL = 4.0
"""Seconds for a window's whole way."""
TRUNK_TRAVEL = 5.0


class Bodywork:
    """Doors by name (``Row1.DriverSide``): open or not, locked or not; windows in percent open; the trunk's lid."""

    def __init__(self) -> None:
        self.open = dict.fromkeys(DOORS, False)
        self.locked = dict.fromkeys(DOORS, True)
        self.windows = dict.fromkeys(DOORS, 0.0)
        self.window_goals = dict.fromkeys(DOORS, 0.0)
        self.trunk = 0.0
        """Percent open."""
        self.trunk_goal = 0.0
        self.trunk_locked = True
        self.frunk = False
        """Whether the bonnet is open: by hand only, as there is no motor in it."""

    @property
    def moving(self) -> bool:
        """Whether a window or the lid is on its way."""
        return self.trunk != self.trunk_goal or self.windows != self.window_goals

    @property
    def airing(self) -> float:
        """How open the windows are altogether, 0 to 1."""
        return sum(self.windows.values()) / (100.0 * len(DOORS))

    def lock(self, locked: bool) -> None:
        """All doors and the trunk. An open door takes the bolt when it falls shut, as real ones do."""
        self.locked = dict.fromkeys(DOORS, locked)
        self.trunk_locked = locked

    def step(self, dt: float) -> None:
        self.trunk = toward(self.trunk, self.trunk_goal, 100.0 / TRUNK_TRAVEL * dt)
        for door, goal in self.window_goals.items():
            if self.windows[door] != goal:
                self.windows[door] = toward(self.windows[door], goal, 100.0 / WINDOW_TRAVEL * dt)


def toward(value: float, goal: float, most: float) -> float:
    """``value`` moved to ``goal`` by at most ``most``."""
    return min(goal, value + most) if value < goal else max(goal, value - most)
