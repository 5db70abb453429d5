"""The page of operations: up to date with the table, every example run against a real hub, and OpenAPI held to it."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from openapi_spec_validator import validate
from script import page_errors, page_operations, pages
from script.examples import EXAMPLES

from tests.docs.demo import DemoHub
from tests.docs.page import Block, sections
from tests.docs.placeholders import differs, filled

PAGE = "reference/operations.md"


@pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.name)
def test_what_is_made_from_the_code_is_up_to_date(page: Any) -> None:
    text = page.read_text()
    assert pages.written(text) == text, "run script/docs"


def test_every_operation_has_an_example() -> None:
    assert list(EXAMPLES) == [operation.name for operation in page_operations.operations()]


def test_the_examples_are_what_the_hub_answers(demo: DemoHub) -> None:
    known: dict[str, Any] = {"<time from>": time.time() - 3_600, "<time to>": time.time() + 60}
    asked: Block | None = None
    with demo.api() as client:
        for block in (block for found in sections(PAGE) for block in found.blocks):
            if not block.title.startswith("answer"):
                asked = block
                continue
            assert asked is not None
            method, address = asked.title.split()
            data = filled(json.loads(asked.text), known)
            answer = client.get(address, params=data) if method == "GET" else client.post(address, json=data)
            where = f"{PAGE}:{asked.line}: {answer.text[:600]}"
            _, _, more = block.title.partition(", ")
            if more == "picture":
                assert answer.headers["content-type"].startswith("image/"), where
            elif more == "file":
                assert answer.headers["content-type"] == block.text.strip(), where
                assert answer.headers["content-disposition"].startswith("attachment; filename="), where
            else:
                assert answer.status_code == int(more or 200), where
                assert differs(json.loads(block.text), answer.json(), known) is None, (
                    differs(json.loads(block.text), answer.json(), known),
                    where,
                )
            if address == "/api/home/set":
                _fulfilled(demo, data["path"], data["target"])


def _fulfilled(demo: DemoHub, path: str, target: object) -> None:
    until = time.monotonic() + 45
    while demo.read("home.get", path=path)["values"][path][0] != target:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_openapi_document_is_valid_and_says_every_error(demo: DemoHub) -> None:
    with demo.api() as client:
        document = client.get("/api/schema/openapi.json").json()
        assert client.get("/api/schema").is_success
    assert document["openapi"].startswith("3.1")
    validate(document)
    shown = {entry["operationId"]: entry for path in document["paths"].values() for entry in path.values()}
    assert EXAMPLES.keys() <= shown.keys()
    errors = {(kind.status, kind.code) for kind in page_errors.kinds()}
    for name, entry in shown.items():
        said = {
            (int(status), code)
            for status, answer in entry["responses"].items()
            if int(status) >= 400
            for code in re.findall(r"`([a-z_]+)`", answer["description"])
        }
        assert said == errors, name
        for status, answer in entry["responses"].items():
            if int(status) >= 400:
                assert answer["content"]["application/problem+json"]["schema"] == {
                    "$ref": "#/components/schemas/Problem"
                }
        assert name not in EXAMPLES or entry["security"], name


def test_a_real_error_is_the_problem_that_the_document_and_the_page_say(demo: DemoHub) -> None:
    (block,) = [block for found in sections("reference/errors.md") for block in found.blocks]
    with demo.api() as client:
        method, address = block.title.split()
        answer = client.request(method, address)
        document = client.get("/api/schema/openapi.json").json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == json.loads(block.text)
    problem = document["components"]["schemas"]["Problem"]
    assert set(problem["required"]) == set(answer.json())


def test_what_a_role_may_call_is_what_the_page_says(demo: DemoHub) -> None:
    # The demo's own door lets this machine be anybody in it.
    text = (pages.DOCS / PAGE).read_text()
    said = re.findall(r"\| HTTP \| `([A-Z]+) (/api/[a-z_/]+)` \|\n\| may call it \| ([a-z, ]+) \|", text)
    assert len(said) == len(EXAMPLES)
    for person, role in {"anna": "owner", "mei": "member", "leo": "child", "noor": "guest"}.items():
        with demo.api(token="") as client:
            assert client.post("/api/door/demo", json={"person": person}).is_success
            for method, address, who in said:
                # Rights come before the body is read, and an empty body does nothing.
                answer = client.get(address) if method == "GET" else client.post(address, json={})
                denied = answer.status_code == 403 and answer.json()["code"] == "not_allowed"
                assert denied is (role not in who.split(", ")), (person, address, answer.text)
