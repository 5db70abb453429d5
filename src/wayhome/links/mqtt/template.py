"""Templates of devices: read with Jinja's own parser, carried out by an evaluator of ours that counts every step.

Jinja's sandbox keeps a template from the program's objects, but not from its time and memory: ``{{ 'a' * 10**9 }}``
and nested loops are fine with it. So nothing of Jinja is run here. A template may use what devices' templates use:
names, attributes and items of plain values, arithmetic, comparisons, filters and methods of a short list, ``if``,
``for``, ``set``. Whatever is not known, wrong, or too much is a TemplateFault, and the message counts for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.exceptions import TemplateError

from wayhome.links.mqtt.template_words import FILTERS, METHODS, TESTS, UNDEFINED, Fault, operate, sized, truth, written

MAX_SOURCE = 8_192
MAX_OUTPUT = 65_536
MAX_STEPS = 5_000
MAX_DEPTH = 60
MAX_KEPT = 20_000

TemplateFault = Fault


class Templates:
    """Parsed templates by their text: most devices of a house share a few."""

    def __init__(self) -> None:
        self._environment = Environment(autoescape=True)  # nothing is rendered by it
        self._parsed: dict[str, nodes.Template] = {}

    def render(self, source: str, names: Mapping[str, Any]) -> str:
        """What a template makes of these names, without the room around it. Raises TemplateFault."""
        parsed = self._parsed.get(source)
        if parsed is None:
            parsed = self._parse(source)
            if len(self._parsed) >= MAX_KEPT:
                self._parsed.clear()
            self._parsed[source] = parsed
        try:
            return _Run(names).text(parsed).strip()
        except (RecursionError, ArithmeticError, TypeError, ValueError, LookupError) as error:
            raise TemplateFault(f"{type(error).__name__}") from None

    def _parse(self, source: str) -> nodes.Template:
        if len(source) > MAX_SOURCE:
            raise TemplateFault(f"it has more than {MAX_SOURCE} characters")
        try:
            return self._environment.parse(source)
        except (TemplateSyntaxError, TemplateError) as error:
            raise TemplateFault(f"it can't be read: {str(error.message)[:80]}") from None
        except (RecursionError, MemoryError, ValueError, OverflowError, AttributeError) as error:
            raise TemplateFault(f"it can't be read: {type(error).__name__}") from None


class _Run:
    """One evaluation, with its fuel."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names: dict[str, Any] = {"true": True, "false": False, "none": None, **names}
        self._left = MAX_STEPS
        self._depth = 0
        self._size = 0

    def text(self, template: nodes.Template) -> str:
        out: list[str] = []
        self._body(template.body, out)
        return "".join(out)

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise TemplateFault("it takes too long")

    def _say(self, text: str, out: list[str]) -> None:
        self._size += len(text)
        if self._size > MAX_OUTPUT:
            raise TemplateFault("it says too much")
        out.append(text)

    # Statements

    def _body(self, body: list[nodes.Node], out: list[str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TemplateFault("it is nested too deeply")
        for node in body:
            self._step()
            self._statement(node, out)
        self._depth -= 1

    def _statement(self, node: nodes.Node, out: list[str]) -> None:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    text = part.data if isinstance(part, nodes.TemplateData) else written(self._value(part))
                    self._say(text, out)
            case nodes.If():
                for branch in (node, *node.elif_):
                    if truth(self._value(branch.test)):
                        return self._body(branch.body, out)
                self._body(node.else_, out)
            case nodes.For():
                self._loop(node, out)
            case nodes.Assign():
                self._assign(node.target, self._value(node.node))
            case _:
                raise TemplateFault(f"it uses {type(node).__name__}, which is not known here")
        return None

    def _loop(self, node: nodes.For, out: list[str]) -> None:
        items = self._value(node.iter)
        if isinstance(items, dict | str):
            items = list(items)
        if not isinstance(items, list | tuple) or node.recursive:
            raise TemplateFault("it goes through something that is no list")
        if not items:
            return self._body(node.else_, out)
        before = dict(self._names)
        for at, item in enumerate(items):
            self._step()
            self._names["loop"] = {
                "index": at + 1, "index0": at, "first": at == 0, "last": at == len(items) - 1, "length": len(items),
            }  # fmt: skip
            self._assign(node.target, item)
            if node.test is None or truth(self._value(node.test)):
                self._body(node.body, out)
        self._names = before  # what is set in a loop ends with it
        return None

    def _assign(self, target: nodes.Node, value: Any) -> None:
        if isinstance(target, nodes.Name):
            self._names[target.name] = value
        elif isinstance(target, nodes.Tuple) and isinstance(value, list | tuple) and len(value) == len(target.items):
            for one, part in zip(target.items, value, strict=True):
                self._assign(one, part)
        else:
            raise TemplateFault("it sets what can't be set")

    # Expressions

    def _value(self, node: nodes.Node) -> Any:
        self._step()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TemplateFault("it is nested too deeply")
        value = sized(self._expression(node))
        if isinstance(value, str | list):
            self._left -= len(value) // 256  # what is long takes long
        self._depth -= 1
        return value

    def _expression(self, node: nodes.Node) -> Any:
        match node:
            case nodes.Const():
                return node.value
            case nodes.TemplateData():
                return node.data
            case nodes.Name():
                return self._names.get(node.name, UNDEFINED)
            case nodes.Getattr():
                return self._item(self._value(node.node), node.attr)
            case nodes.Getitem():
                return self._taken(node)
            case nodes.List() | nodes.Tuple():
                return [self._value(item) for item in node.items]
            case nodes.Dict():
                made: dict[Any, Any] = {}
                for pair in node.items:
                    made[_key(self._value(pair.key))] = self._value(pair.value)
                return made
            case nodes.Not():
                return not truth(self._value(node.node))
            case nodes.And():
                left = self._value(node.left)
                return self._value(node.right) if truth(left) else left
            case nodes.Or():
                left = self._value(node.left)
                return left if truth(left) else self._value(node.right)
            case nodes.CondExpr():
                if truth(self._value(node.test)):
                    return self._value(node.expr1)
                return UNDEFINED if node.expr2 is None else self._value(node.expr2)
            case nodes.Compare():
                return self._compare(node)
            case nodes.Concat():
                return "".join(written(self._value(part)) for part in node.nodes)
            case nodes.BinExpr():
                return operate(node.operator, self._value(node.left), self._value(node.right))
            case nodes.UnaryExpr():
                return operate(node.operator + "1", self._value(node.node), 0)
            case nodes.Filter() | nodes.Test():
                return self._filter(node)
            case nodes.Call():
                return self._call(node)
        raise TemplateFault(f"it uses {type(node).__name__}, which is not known here")

    def _item(self, value: Any, name: Any) -> Any:
        if value is UNDEFINED or value is None:
            raise TemplateFault(f"there is no {str(name)[:40]!r} in nothing")
        if isinstance(value, dict):
            known = name is None or isinstance(name, str | int | float | bool)
            return value.get(name, UNDEFINED) if known else UNDEFINED
        if isinstance(value, list | tuple | str) and isinstance(name, int) and not isinstance(name, bool):
            return value[name] if -len(value) <= name < len(value) else UNDEFINED
        return UNDEFINED

    def _taken(self, node: nodes.Getitem) -> Any:
        value = self._value(node.node)
        if not isinstance(node.arg, nodes.Slice):
            return self._item(value, self._value(node.arg))
        if not isinstance(value, str | list | tuple):
            raise TemplateFault("it takes a part of what has no parts")
        ends = [None if end is None else self._value(end) for end in (node.arg.start, node.arg.stop, node.arg.step)]
        if any(end is not None and (not isinstance(end, int) or isinstance(end, bool)) for end in ends):
            raise TemplateFault("it takes a part by what is no number")
        return value[slice(*ends)]

    def _compare(self, node: nodes.Compare) -> bool:
        left = self._value(node.expr)
        for operand in node.ops:
            right = self._value(operand.expr)
            if not operate(operand.op, left, right):
                return False
            left = right
        return True

    def _arguments(self, node: nodes.Filter | nodes.Test | nodes.Call) -> tuple[list[Any], dict[str, Any]]:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise TemplateFault("it passes arguments in a way that is not known here")
        return [self._value(one) for one in node.args], {str(one.key): self._value(one.value) for one in node.kwargs}

    def _filter(self, node: nodes.Filter | nodes.Test) -> Any:
        words = FILTERS if isinstance(node, nodes.Filter) else TESTS
        known = words.get(node.name)
        if known is None or node.node is None:
            raise TemplateFault(f"it uses {node.name[:40]!r}, which is not known here")
        value = self._value(node.node)
        args, named = self._arguments(node)
        return known(value, *args, **named)

    def _call(self, node: nodes.Call) -> Any:
        args, named = self._arguments(node)
        if isinstance(node.node, nodes.Name):
            if node.node.name in ("float", "int", "bool", "iif") and args:
                return FILTERS[node.node.name](*args, **named)
            raise TemplateFault(f"it calls {node.node.name[:40]!r}, which is not known here")
        if isinstance(node.node, nodes.Getattr):
            value = self._value(node.node.node)
            method = METHODS.get((type(value), node.node.attr))
            if method is not None:
                return method(value, *args, **named)
        raise TemplateFault("it calls what can't be called here")


def _key(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else written(value)
