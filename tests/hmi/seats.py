"""Screens of a household with pairings of their own: the one at the wheel, a passenger's, phones, watches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page

type Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]

# In the page, so that it goes the way of the page: its names, its certificates, its cookies.
POST = """async ([path, data]) => {
  const answer = await fetch(`/api/${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data),
  });
  const text = await answer.text();
  return [answer.status, text === "" ? null : JSON.parse(text)];
}"""


async def post(page: Page, path: str, data: dict[str, Any]) -> Any:
    """Ask the hub for something as this page would. Its answer; it has to be a good one."""
    status, answer = await page.evaluate(POST, [path, data])
    assert status < 300, f"{path}: {answer}"
    return answer


async def refused(page: Page, path: str, data: dict[str, Any]) -> str:
    """Ask for what the hub refuses this page: the code of its refusal, "" if it does not refuse."""
    status, answer = await page.evaluate(POST, [path, data])
    return "" if status < 300 else str(answer["code"])


async def pair(
    ask: Ask, screen: Page, *, kind: str, person: str, seat: str | None = "elsewhere", car: str | None = None
) -> None:
    """Let a new screen in, as people do: it shows a code and signs, an owner compares them and says whose it is and
    where it sits (``seat`` None: they do not). ``ask``: asks the hub as the owner; the screen's page is on the hub's
    address."""
    device = {"name": f"{person} {kind} {seat}", "kind": kind}
    asked = await post(screen, "door/pair/ask", {"device": device})
    seen = await ask("people/pair_look", {"code": asked["code"]})
    assert seen["signs"] == asked["signs"]
    terms = {"person": person, **({"seat": seat} if seat else {}), **({"car": car} if car else {})}
    await ask("people/pair_confirm", {"code": asked["code"], "signs": asked["signs"], **terms})
    come = await post(screen, "door/pair/poll", {"key": asked["key"], "device": device})
    assert come["state"] == "in", come
