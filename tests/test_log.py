"""What a fault of ours says in the log."""

from __future__ import annotations

import re

from wayhome import log


def test_a_fault_says_what_and_where_and_nothing_of_what_people_said() -> None:
    try:
        int("meet me at nine")
    except ValueError as error:
        told = log.fault(error)
    assert re.fullmatch(r"ValueError at test_log\.py:\d+", told)
