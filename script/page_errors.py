"""The table of errors for docs/reference/errors.md."""

from __future__ import annotations

from wayhome.errors import HubError
from wayhome.web import transport
from wayhome.web.openapi import errors, meaning


def kinds() -> list[type[HubError]]:
    """Every error that Wayhome itself can answer, by status and code."""
    assert transport.Misdirected in errors()
    own = {kind for kind in errors() if kind.__module__.startswith("wayhome.")}
    named = {kind.code: kind for kind in sorted(own, key=lambda kind: len(kind.mro()), reverse=True)}
    return sorted(named.values(), key=lambda kind: (kind.status, kind.code))


def made() -> str:
    """One row for each code."""
    lines = ["| code | status | what it means | what to do |", "| --- | --- | --- | --- |"]
    for kind in kinds():
        lines.append(f"| `{kind.code}` | {kind.status} | {meaning(kind)} | {kind.advice} |")
    return "\n".join(lines)
