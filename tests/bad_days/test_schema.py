"""Everything that the API's own description offers, asked in every way that it allows and in many that it doesn't:
as an owner, as a guest and as nobody. Schemathesis against a running demo hub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi import checks

from tests.bad_days.conftest import Demo

LEFT_OUT = {
    "links.remove": "it would end the demo that the others are asked about",
    "links.change": "it would restart the demo",
    "links.add": "a link to any address that hypothesis makes up would be tried",
    "links.sign_in": "likewise",
    "maps.add": "a map would be fetched from any address that hypothesis makes up",
    "maps.offered": "it asks the internet which regions there are",
    "upkeep.backup": "it fills the disk",
    "upkeep.export": "likewise",
    "people.remove": "whoever asks would be gone",
    "people.revoke": "likewise",
    "people.change": "an owner may make themselves a guest",
    "upkeep.reach": "the hub would open anew",
    "upkeep.erase": "likewise, with nothing in it",
    "door.out": "it signs out",
    "door.demo": "it signs in",
}
"""What is not asked here, and why. Each has tests of its own."""
PROBLEM = "application/problem+json"


def _operations(url: str) -> Iterator[tuple[str, Any]]:
    schema = schemathesis.openapi.from_url(url)
    for found in schema.get_all_operations():
        operation = found.ok()
        yield operation.definition.raw["operationId"], operation


@pytest.mark.parametrize("who", ["owner", "guest", "nobody"])
def test_every_operation_keeps_to_its_description(demo: Demo, who: str) -> None:
    headers = {}
    if who == "owner":
        headers["Authorization"] = f"Bearer {demo.hub.token}"
    elif who == "guest":
        headers["Authorization"] = f"Bearer {demo.token('noor')}"
    asked = 0
    answered: Counter[int] = Counter()
    operations = dict(_operations(demo.hub.url + "/api/schema/openapi.json"))
    assert set(operations) > set(LEFT_OUT)
    with requests.Session() as session:
        for name, operation in operations.items():
            if name in LEFT_OUT:
                continue
            asked += 1
            _ask(session, operation, headers, answered, 8 if who == "owner" else 3)
    assert asked > 30
    assert {"owner": 200, "guest": 403, "nobody": 401}[who] in answered


def _ask(session: requests.Session, operation: Any, headers: dict[str, str], answered: Counter[int], most: int) -> None:
    few = max(most, settings().max_examples // 20) if settings().max_examples > 100 else most

    @settings(
        max_examples=few,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(operation.as_strategy() | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
    def check(case: Any) -> None:
        _one(session, case, headers, answered)

    check()


def _one(session: requests.Session, case: Any, headers: dict[str, str], answered: Counter[int]) -> None:
    response = case.call(session=session, headers=headers)
    answered[response.status_code] += 1
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.headers["content-type"][0] == PROBLEM, response.text
    case.validate_response(
        response,
        checks=[
            checks.response_schema_conformance,
            checks.status_code_conformance,
            checks.content_type_conformance,
        ],
    )
