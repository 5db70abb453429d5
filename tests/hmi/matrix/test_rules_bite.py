"""The rules bite: each is shown a small page that breaks it, and one that does not. A rule that no page breaks is
none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Page

from tests.hmi.matrix import rules
from tests.hmi.matrix.cells import FACES, Cell, Look, Situation
from tests.hmi.matrix.rules import RULES, Findings, Known

pytestmark = pytest.mark.anyio

FACE = {face.name: face for face in FACES}
BASE = """<!doctype html><html lang="en"><head><title>Wayhome</title><meta name="viewport" content="width=device-width">
<style>
  :root { --home: #974900; --ok: #157a45; --warn: #855600; --stop: #c0221f }
  body { margin: 0; font: 24px sans-serif; color: #111; background: #fff }
  main { padding: 60px 130px } h1 { font-size: 32px }
  button { display: block; width: 300px; height: 90px; margin: 8px 0; border: 0; font: inherit; background: #eee }
  button { color: inherit }
  :focus-visible { outline: 3px solid blue }
</style></head><body><main><h1>Lamp</h1>%s</main></body></html>"""
LONG = "<p>" + "word " * 40 + "</p>"
MANY = "<ul>" + "<li>x</li>" * 7 + "</ul>"
BOX = '<p style="width: 60px; overflow: hidden; white-space: nowrap; {0}">A very long text</p>'
FIELD = '<label>Name <input style="height: 90px; width: 300px; font: inherit"></label>'
HIGH = '<div style="height: 90px; overflow-y: auto" tabindex="0"><p style="height: 300px">x</p></div>'
TILE = '<div class="tile {0}" style="{1}"><button class="main">Lamp {2}</button></div>'

# For each rule: where, what breaks it, and what is near to that and sound. No car: on the phone.
BITES: list[tuple[str, str, str, str]] = [
    ("1 targets", "car", '<button style="width: 60px">x</button>', "<button>x</button>"),
    (
        "1 targets",
        "car",
        '<div style="position: relative"><button>x</button>'
        '<a href="#" style="position: absolute; inset: 0 0 0 40px; height: 90px; width: 220px">y</a></div>',
        '<button>x</button><a href="#" style="display: block; height: 90px; width: 220px">y</a>',
    ),
    ("1 targets", "phone", '<span role="button" tabindex="0">x</span>', "<button>x</button>"),
    ("1 text", "car", '<p style="font-size: 23px">x</p>', "<p>x</p>"),
    ("1 text", "car", FIELD.replace("font: inherit", 'font-size: 16px" value="x'), FIELD),
    ("1 contrast", "car", '<p style="color: #999">grey</p>', '<p style="color: #666">grey</p>'),
    (
        "1 contrast",
        "phone",
        FIELD.replace("<input", "<style>::placeholder { color: #bbb }</style><input placeholder='grey'"),
        FIELD.replace("<input", "<style>::placeholder { color: #555 }</style><input placeholder='grey'"),
    ),
    (
        "1 contrast",
        "car",
        '<b style="background: linear-gradient(90deg, #fff, #333)">dark on dark at its end, dark on dark</b>',
        '<b style="background: linear-gradient(90deg, #fff, #ccc)">dark on dark at its end, dark on dark</b>',
    ),
    ("2 length", "moving", LONG, "<p>short</p>"),
    ("2 length", "moving", f"<div>{LONG[3:-4]}</div>", "<div>short</div>"),
    (
        "2 length",
        "moving",
        '<div class="tile"><span class="name">A name that nobody reads</span></div>',
        '<div class="tile"><span class="name">A name one reads</span></div>',
    ),
    ("2 tiles", "car", '<div class="tile">x</div>' * 7, '<div class="tile">x</div>' * 6),
    (
        "2 taps",
        "phone",
        "<nav><a href='#/'>Home</a></nav>",
        "<nav style='display: grid; gap: 8px'><a href='#/' style='padding: 20px'>Home</a>"
        "<a href='#/car' style='padding: 20px'>Car</a></nav>",
    ),
    ("2 scrolling", "car", HIGH, "<p>x</p>"),
    ("2 scrolling", "phone", '<p style="width: 600px">x</p>', "<p>x</p>"),
    ("2 scrolling", "car", '<p style="height: 900px">x</p>', "<p>x</p>"),
    ("4 typing", "moving", FIELD, FIELD.replace("<input", "<input type=checkbox")),
    ("4 typing", "moving", '<p contenteditable="true">x</p>', "<p>x</p>"),
    ("4 typing", "moving", '<video style="width: 80px; height: 80px"></video>', "<p>x</p>"),
    ("4 lists", "moving", MANY, MANY.replace("<li>x</li>", "", 1)),
    (
        "4 by itself",
        "phone",
        f"{HIGH}<script>document.querySelector('[tabindex]').scrollTop = 50;</script>",
        HIGH,
    ),
    (
        "4 by itself",
        "phone",
        # Away and back again, before anybody looks.
        f"{HIGH}<script>const e = document.querySelector('[tabindex]'); e.scrollTop = 50;"
        "e.addEventListener('scroll', () => (e.scrollTop = 0))</script>",
        HIGH,
    ),
    ("6 fresh", "phone", TILE.format("old", "background: #974900; color: #fff", "on, 5 min ago"), "<p>x</p>"),
    ("6 fresh", "phone", TILE.format("gone", "", "on"), TILE.format("gone", "", "on, 5 min ago")),
    ("6 fresh", "phone", TILE.format("", "", "Television on"), TILE.format("gone", "", "Television, 5 min ago")),
    (
        "6 apart",
        "phone",
        '<div class="tile"><b class="wish">→ on</b></div>',
        '<div class="tile"><b class="fact">off</b> <b class="wish">→ on</b></div>',
    ),
    (
        "6 apart",
        "phone",
        TILE.format("", "", "Kettle on"),
        TILE.format("", "", "Kettle <b class='fact'>off</b> <b class='wish'>→ on</b>"),
    ),
    ("7 alerts", "phone", '<p role="alert">a</p><p class="toast">b</p>', '<p role="alert">a</p>'),
    ("7 motion", "phone", '<p style="transition: color 0.5s">x</p>', '<p style="transition: color 0.2s">x</p>'),
    (
        "7 motion",
        "phone",
        "<style>@keyframes go { to { opacity: 0.9 } }</style><p style='animation: go 2s'>x</p>",
        "<style>@keyframes go { to { opacity: 0.9 } }</style><p style='animation: go 0.2s'>x</p>",
    ),
    (
        "8 colours",
        "phone",
        '<p>Door <i class="stop" style="display: inline-block; width: 9px; height: 9px; background: #c0221f"></i></p>'
        '<div><i style="display: inline-block; width: 9px; height: 9px; background: #c0221f"></i></div>',
        '<p>Door <i class="stop" style="background: #c0221f; color: #fff">open</i></p>',
    ),
    ("8 names", "phone", '<button><svg width="9" height="9"></svg></button>', '<button aria-label="Lamp"></button>'),
    ("8 keyboard", "phone", '<button tabindex="-1">x</button>', "<button>x</button>"),
    ("8 keyboard", "phone", '<button style="outline: none">x</button>', "<button>x</button>"),
    ("8 axe", "phone", '<img src="data:," width="9" height="9">', '<img src="data:," alt="A lamp">'),
    ("9 driving", "phone", "<button>Hazards</button>", "<p>Hazards</p>"),
    ("10 held", "phone", "<button>Unlock</button>", '<button aria-label="Unlock. Press and hold">Unlock</button>'),
    ("11 empty", "car", '<div class="tile">x</div>', "<p>x</p>"),
    ("12 watch", "watch", "<button>a</button><button>b</button>", "<button>a</button>"),
    ("12 watch", "watch", '<p style="position: absolute; left: 5px; top: 5px">x</p>', "<p>x</p>"),
    ("12 whole", "phone", BOX.format(""), BOX.format("text-overflow: ellipsis")),
    (
        "12 whole",
        "phone",
        '<div style="display: grid"><p style="grid-area: 1/1">one</p><p style="grid-area: 1/1">other</p></div>',
        "<div><p>one</p><p>other</p></div>",
    ),
    ("13 words", "phone", "<p>car.locked</p>", "<p>Locked</p>"),
    ("13 words", "phone", "<p>{name} is on</p>", "<p>It is on</p>"),
    ("13 words", "chinese", "<p>Press and hold</p>", "<p>长按</p>"),
    ("13 words", "chinese", "<p>nobody has said this in any language</p>", "<p>Kitchen lights</p>"),
    ("13 words", "chinese", "<nav><a href='#/'>Home</a></nav>", "<p>主页</p>"),
]


@pytest.fixture
async def blank(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context()
    await context.add_init_script(rules.SCROLLS)
    page = await context.new_page()
    yield page
    await context.close()


async def seen(page: Page, rule: str, where: str, body: str) -> Findings:
    """What the rules find on a page with this body; the slow ones are asked where they are meant."""
    face = FACE[where] if where in FACE else FACE["car" if where == "moving" else "phone"]
    situation = Situation("moving" if where == "moving" else "parked", True)
    cell = Cell(face, situation, Look("light", "zh-CN" if where == "chinese" else "en-GB"))
    await page.set_viewport_size({"width": face.size[0], "height": face.size[1]})
    html = BASE % body
    if face.kind != "car":
        html = html.replace("60px 130px", "20px")
    if face.kind == "watch":
        html = html.replace("20px", "120px 90px").replace("width: 300px", "width: 160px")
    await page.goto(f"data:text/html;charset=utf-8,{quote(html)}")
    await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    bar = ["", "car"] if "<nav" in body else []
    known = Known(names=["Kitchen lights", "Lamp"], gone="Television", asked="Kettle", bar=bar)
    found = await rules.check(page, cell, "", known)
    found.note("11 empty", await rules.look(page, "tiles", 0) if 'class="tile"' in body and where == "car" else [])
    if rule == "8 keyboard":
        await rules.keyboard(page, found)
    if rule == "8 axe":
        await rules.axe(page, found)
    return found


@pytest.mark.parametrize(("rule", "where", "broken", "sound"), BITES, ids=lambda one: str(one)[:24])
async def test_a_rule_bites(blank: Page, rule: str, where: str, broken: str, sound: str) -> None:
    found = await seen(blank, rule, where, broken)
    assert rule in found.rules, f"{rule} found nothing in {broken}"
    found = await seen(blank, rule, where, sound)
    assert rule not in found.rules, found.broken


def test_a_panel_that_shows_what_it_did_not_declare() -> None:
    for declared, nothing, wrong in [("nothing", False, True), ("all", True, True), ("nothing", True, False)]:
        found = Findings("panel")
        rules.shows(found, declared, nothing)
        assert (found.rules == ["5 shows"]) == wrong


def test_every_rule_is_shown_a_page_that_breaks_it() -> None:
    assert {rule for rule, *_ in BITES} | {"5 shows"} == set(RULES)
