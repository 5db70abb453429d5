"""The page of the command line: its examples run against a demo hub; what it says of exit codes, held to the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from script import page_command_line

from tests.docs import console
from tests.docs.demo import DemoHub
from tests.docs.page import Block, section, sections
from wayhome import cli

PAGE = "reference/command-line.md"
RUN = [(s.title, b) for s in sections(PAGE) for b in s.blocks if b.language == "console"]


@pytest.mark.parametrize(("title", "block"), RUN, ids=[f"{title} {block.line}" for title, block in RUN])
def test_the_commands_print_what_the_page_shows(title: str, block: Block, demo: DemoHub, tmp_path: Path) -> None:
    assert block.title == "demo"
    for step, printed in console.run(block.text, tmp_path, demo.environment()):
        assert console.fits(step.shown, printed), f"{PAGE}:{block.line}: $ {step.command}\n" + "\n".join(printed)


def test_the_exit_codes_are_those_that_the_code_promises() -> None:
    codes = [row[0] for row in section(PAGE, "").rows()]
    assert codes == re.findall(r"(\d) (?:done|it failed|wrong usage|no hub)", str(cli.__doc__))


def test_every_command_is_shown_and_takes_json() -> None:
    text = section(PAGE, "Every command").text
    for words in page_command_line.commands():
        help_text = text.partition(f"### {' '.join(words)}\n")[2].partition("\n### ")[0]
        assert "--json" in help_text, words


def test_wrong_usage_ends_with_2(demo: DemoHub, tmp_path: Path) -> None:
    ((_, printed), (_, code)) = console.run("$ wayhome get\n$ echo $?", tmp_path, demo.environment())
    assert "Missing argument" in printed[-1]
    assert code == ["2"]
