"""Every operation, and the types that they take and give, for docs/reference/operations.md."""

from __future__ import annotations

import inspect
import json
import types
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin

import msgspec
from script.examples import EXAMPLES

from wayhome.core.grant import OF_ROLE, Allowed, parse
from wayhome.hub import feature
from wayhome.hub.link import Picture
from wayhome.hub.operations import File, Operation

PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything", type(None): "null"}


def operations() -> list[Operation]:
    """The table of a hub as it comes, feature by feature."""
    found = feature.features()
    own = {
        name: found[name]
        for name in (
            *(
                "home",
                "scenes",
                "charging",
                "notices",
                "drives",
                "recordings",
                "destinations",
                "navigation",
                "places",
                "maps",
                "clipboard",
                "throws",
                "files",
                "messages",
            ),
            *("notifications", "media", "links", "people", "keys", "sites", "demo", "upkeep"),
        )
    }
    return [operation for kind in own.values() for operation in kind.operations]


def roles(operation: Operation) -> list[str]:
    """Who may call it without any grant of their own."""
    held = {role: Allowed([parse(text, id="r", to="role") for text in texts]) for role, texts in OF_ROLE.items()}
    return [role for role, allowed in held.items() if allowed.may("act", operation.path)]


def made() -> str:
    """A section for each operation, under a heading for each feature."""
    lines: list[str] = []
    for operation in operations():
        kind = operation.name.partition(".")[0]
        if f"## {kind}" not in lines:
            lines += [f"## {kind}", ""]
        lines += [*_section(operation), ""]
    return "\n".join(lines)


def made_types() -> str:
    """A section for each type within what operations take and give."""
    found: dict[str, type[msgspec.Struct]] = {}
    for operation in operations():
        for top in (operation.input, operation.output):
            for inner in _structs(top) - ({top} if top is operation.input else set()):
                assert found.setdefault(inner.__name__, inner) is inner, f"two types are called {inner.__name__}"
    sections = []
    for name, kind in sorted(found.items()):
        sections.append("\n".join([f"### {name}", "", *_about(kind), *_fields(kind)]).rstrip())
    return "\n\n".join(sections)


def _section(operation: Operation) -> list[str]:
    method = "GET" if operation.reads else "POST"
    address = f"/api/{operation.name.replace('.', '/')}"
    rest = (
        operation.text.removeprefix(operation.summary)
        .strip()
        .replace("``", "`")
        .replace("\n", " ")
        .replace("  ", "\n\n")
    )
    lines = [f"### {operation.name}", "", _prose(operation.summary), ""]
    if rest:
        lines += [_prose(rest), ""]
    answer = {Picture: "a picture", File: "a file"}.get(operation.output) or _name(operation.output)
    lines += [
        "| | |",
        "| --- | --- |",
        f"| HTTP | `{method} {address}` |",
        f"| may call it | {', '.join(roles(operation))} |",
        f"| sign-in | {'of the last five minutes' if operation.fresh else 'any'} |",
        f"| the driver | {'while parked only' if operation.parked else 'at any time'} |",
        f"| gives | {answer} |",
        "",
    ]
    if operation.input.__struct_fields__:
        lines += [*_about(operation.input), *_fields(operation.input), ""]
    example = EXAMPLES[operation.name]
    lines += [f'```json title="{method} {address}"', _json(example.data), "```", ""]
    if example.picture:
        return [*lines, '```text title="answer, picture"', "image/…", "```"]
    if example.file:
        return [*lines, '```text title="answer, file"', str(example.answer), "```"]
    status = "" if example.status == 200 else f", {example.status}"
    return [*lines, f'```json title="answer{status}"', _json(example.answer), "```"]


def _json(value: object) -> str:
    short = json.dumps(value, ensure_ascii=False)
    return short if len(short) <= 110 else json.dumps(value, ensure_ascii=False, indent=2)


def _prose(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


def _about(kind: type[msgspec.Struct]) -> list[str]:
    own = kind.__dict__.get("__doc__")
    text = inspect.cleandoc(own) if own else ""
    return [_prose(text), ""] if text and not text.startswith(kind.__name__ + "(") else []


def _fields(kind: type[msgspec.Struct]) -> list[str]:
    lines = ["| field | type | default |", "| --- | --- | --- |"]
    for field in msgspec.structs.fields(kind):
        lines.append(f"| `{field.encode_name}` | {_name(field.type)} | {_default(field)} |")
    return lines


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return ""
    if field.default is msgspec.UNSET:
        return "left as it is"
    value = field.default
    if value is msgspec.NODEFAULT:
        assert field.default_factory is not msgspec.NODEFAULT
        value = field.default_factory()
    return f"`{json.dumps(msgspec.to_builtins(value))}`"


def _name(kind: Any) -> str:
    """A type in words, with a link to each struct."""
    if isinstance(kind, TypeAliasType):
        return _name(kind.__value__)
    if kind in PLAIN:
        return PLAIN[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _name(arguments[0])  # its bounds stand in the text
    if origin in (Union, types.UnionType):
        return " or ".join(_name(one) for one in arguments if one is not msgspec.UnsetType)
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in arguments)
    if origin is list:
        return f"list of {_name(arguments[0])}"
    if origin is tuple:
        return f"list of {', '.join(_name(one) for one in arguments if one is not Ellipsis)}"
    if isinstance(kind, type) and issubclass(kind, tuple):
        return f"list of {', '.join(kind._fields)}"  # type: ignore[attr-defined]
    if origin is dict:
        return "object" if arguments[1] is Any else f"object of {_name(arguments[1])}"
    return f"[{kind.__name__}](#{kind.__name__.lower()})"


def _structs(kind: Any) -> set[type[msgspec.Struct]]:
    if isinstance(kind, TypeAliasType):
        return _structs(kind.__value__)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if kind in (Picture, File):
            return set()
        inner = (_structs(field.type) for field in msgspec.structs.fields(kind))
        return {kind}.union(*inner)
    return set().union(*(_structs(one) for one in get_args(kind)))
