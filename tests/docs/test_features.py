"""The features' pages: each operation, link state and limit that they tell of, held to the code."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from script.page_operations import operations as all_operations

from tests.docs.page import DOCS, code, section
from wayhome.adapters.maps import asking, router, shelf
from wayhome.core import decide, thing
from wayhome.features.charging import model
from wayhome.features.charging import rules as charging_rules
from wayhome.features.drives import figures, operations, rules, track
from wayhome.features.home import audit
from wayhome.features.maps import finding
from wayhome.features.notices import model as notice_model
from wayhome.features.notices import words
from wayhome.features.notices.push import sender, subscriptions
from wayhome.features.recordings import model as recordings
from wayhome.features.recordings import operations as recording_operations
from wayhome.features.scenes import model as scenes
from wayhome.features.scenes import runs
from wayhome.hub import instance, places, sign_ins, supervisor
from wayhome.web import maps as map_routes

WEB = DOCS.parent / "web" / "src"


@pytest.mark.parametrize(
    "name", ["charging", "home", "scenes", "links", "upkeep", "drives", "notices", "recordings", "maps"]
)
def test_a_page_names_its_feature_s_operations(name: str) -> None:
    shown = code(section(f"features/{name}.md", "Operations").text)
    assert shown == [operation.name for operation in all_operations() if operation.name.startswith(f"{name}.")]


def test_the_faults_of_links_are_those_that_the_page_has_words_for() -> None:
    told = re.search(r"const TOLD = \[(.*?)\]", (WEB / "panels/settings/links/faults.ts").read_text())
    assert told is not None
    rows = section("features/links.md", "Faults").rows()
    assert {code(row[1])[0] for row in rows} == set(re.findall(r'"(\w+)"', told[1]))


def test_the_states_of_links_are_those_of_the_code() -> None:
    rows = section("features/links.md", "What people get").rows()
    assert {code(row[0])[0]: row[1] for row in rows} == instance.WORDS


def test_the_words_of_the_charge_schedule_are_those_of_the_code() -> None:
    rows = section("features/charging.md", "What it is at").rows()
    assert {row[0] for row in rows} == set(get_args(model.Doing.__value__))


def _limits(page: str) -> list[float]:
    return [float(row[1].split()[0].replace(",", "")) for row in section(page, "Limits").rows()]


def test_the_limits_are_those_of_the_code() -> None:
    assert _limits("features/links.md")[:5] == [
        sign_ins.MINUTES_10, sign_ins.MOST, supervisor.FIRST_WAIT, supervisor.LONGEST_WAIT, supervisor.CRASHES,
    ]  # fmt: skip
    assert _limits("features/drives.md") == [
        rules.LEAST, rules.OFF, rules.PARKED, rules.STANDING, rules.LOST, figures.GAP, operations.MOST,
        operations.MOST_POINTS, track.MOST_ROWS, places.LONGEST,
    ]  # fmt: skip
    charging = _limits("features/charging.md")
    assert charging[0] == 50
    assert charging[1:] == [
        charging_rules.TRIES, charging_rules.GAP, charging_rules.LONGEST_GAP, charging_rules.SETTLES,
        charging_rules.LASTS, charging_rules.UNTOLD, charging_rules.MARGIN,
    ]  # fmt: skip
    assert _limits("features/recordings.md") == [
        recordings.BEFORE, recordings.RING, recordings.LONGEST, recordings.STUCK, recordings.MOST_SENSORS,
        recordings.UNDO, recording_operations.MOST,
    ]  # fmt: skip
    assert _limits("features/scenes.md") == [
        scenes.MAX_SCENES, scenes.MAX_STATES, scenes.MAX_NAME, scenes.MAX_TEXT, scenes.UNDO, runs.WITHIN,
    ]  # fmt: skip
    assert _limits("features/maps.md") == [
        shelf.MOST, 200, 50, finding.MOST_STATIONS, asking.MOST_STOPS, asking.MOST_BETWEEN, asking.MOST_COURSE,
        router.WAITING, router.WITHIN, map_routes.MOST / 2**20,
    ]  # fmt: skip
    home = _limits("features/home.md")
    assert home[:3] == [decide.MAX_THINGS, thing.MAX_SIGNALS, decide.MAX_OPEN]
    assert home[5] == audit.DEEPEST


def test_notices_are_those_of_the_code() -> None:
    rows = section("features/notices.md", "What people get").rows()
    grave = {"danger": "stop", "somebody should act": "warn", "news": "calm"}
    assert {row[0]: grave[row[3]] for row in rows} == {kind: notice_model.PRIORITY[kind] for kind in notice_model.KINDS}
    assert _limits("features/notices.md") == [
        notice_model.KEPT, notice_model.KEPT_FOR / 86_400, subscriptions.OF_PERSON, subscriptions.OF_HOUSEHOLD,
        sender.WAITING, sender.AT_ONCE, words.MOST,
    ]  # fmt: skip


def test_every_decision_has_its_three_parts_and_a_number_of_its_own() -> None:
    pages = sorted((DOCS / "adr").glob("*.md"))
    assert len({page.name[:4] for page in pages}) == len(pages)
    for page in pages:
        text = page.read_text()
        assert text.startswith(f"# {int(page.name[:4])}. "), page
        parts = [text.index(part) for part in ("**Context.**", "**Decision.**", "**Price.**")]
        assert parts == sorted(parts), page
