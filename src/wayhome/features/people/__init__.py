"""People: who belongs to the household, how they come in, on which devices, and what they may do."""

from __future__ import annotations

from wayhome.features.people import device_key, household, operations, own, screens, wheel
from wayhome.features.people.door import Door
from wayhome.hub.feature import Feature

__all__ = ["Door", "feature"]

feature = Feature(
    "people",
    operations=(
        operations.list_,
        operations.add,
        operations.change,
        operations.remove,
        operations.devices,
        operations.revoke,
        operations.list_grants,
        operations.grant,
        operations.ungrant,
        own.me,
        own.password,
        own.passkey_remove,
        own.pair_start,
        own.pair_look,
        own.pair_confirm,
        own.pair_refuse,
        wheel.drives,
        wheel.passenger,
        household.household,
        household.household_change,
        screens.device_change,
        device_key.device_key,
    ),
    panels=("people", "door"),
)
