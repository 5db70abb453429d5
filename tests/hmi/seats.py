"""Screens of a household with pairings of their own: the one at the wheel, a passenger's, phones, watches."""

from __future__ import annotations

from typing import Any

from playwright.async_api import APIRequestContext, BrowserContext


async def _post(request: APIRequestContext, origin: str, path: str, data: dict[str, Any]) -> Any:
    answer = await request.post(f"{origin}/api/{path}", data=data, headers={"Origin": origin})
    assert answer.ok, f"{path}: {await answer.text()}"
    return await answer.json()


async def pair(
    owner: APIRequestContext,
    screen: BrowserContext,
    origin: str,
    *,
    kind: str,
    person: str,
    seat: str = "elsewhere",
    car: str | None = None,
) -> None:
    """Let a new screen in, as people do: it shows a code and signs, an owner compares them and says whose it is and
    where it sits."""
    device = {"name": f"{person} {kind} {seat}", "kind": kind}
    asked = await _post(screen.request, origin, "door/pair/ask", {"device": device})
    code = asked["code"]
    seen = await _post(owner, origin, "people/pair_look", {"code": code})
    assert seen["signs"] == asked["signs"]
    terms = {"person": person, "seat": seat, **({"car": car} if car else {})}
    await _post(owner, origin, "people/pair_confirm", {"code": code, "signs": asked["signs"], **terms})
    come = await _post(screen.request, origin, "door/pair/poll", {"key": asked["key"], "device": device})
    assert come["state"] == "in", come
