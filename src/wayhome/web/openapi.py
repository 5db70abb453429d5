"""What the OpenAPI document says beside the operations: how one signs in, and what comes when something goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from wayhome import __version__
from wayhome.errors import HubError
from wayhome.web.entry import COOKIE

PROBLEM = "application/problem+json"
SIGNED_IN: list[dict[str, list[str]]] = [{"browser": []}, {"device": []}]
"""Either is enough."""


class Problem(msgspec.Struct):
    """RFC 9457. Programs decide by ``code``; ``detail`` says what happened, ``advice`` what to do about it."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    advice: str


def errors(kind: type[HubError] = HubError) -> Iterator[type[HubError]]:
    """Every kind of error that there is, each once."""
    yield kind
    for child in kind.__subclasses__():
        yield from errors(child)


def meaning(kind: type[HubError]) -> str:
    """What an error says by itself, in a sentence."""
    if kind is HubError:
        return "Something went wrong inside the hub."
    return (kind.__doc__ or kind.code).strip().splitlines()[0]


def problems() -> dict[int, ResponseSpec]:
    """What any operation may answer instead of its result, by status."""
    texts: dict[int, list[str]] = {}
    for kind in sorted(errors(), key=lambda kind: kind.code):
        texts.setdefault(kind.status, []).append(f"`{kind.code}`: {meaning(kind)}")
    return {
        status: ResponseSpec(Problem, generate_examples=False, description="\n\n".join(lines), media_type=PROBLEM)
        for status, lines in sorted(texts.items())
    }


def described() -> OpenAPIConfig:
    """The document's frame."""
    browser = SecurityScheme(
        "apiKey", "A browser's cookie; it comes with signing in.", COOKIE, security_scheme_in="cookie"
    )
    device = SecurityScheme("http", "The token of a paired device.", scheme="bearer")
    return OpenAPIConfig(
        title="Wayhome",
        version=__version__,
        description="A household as its hub knows it. Every operation is also on the live socket and the command line.",
        path="/api/schema",
        # The document itself, no page around it: such pages load their scripts from other people's servers.
        render_plugins=[JsonRenderPlugin()],
        components=Components(security_schemes={"browser": browser, "device": device}),
    )
