"""What opens over a panel, and how a person gets there. ``test_cells.py`` sees that no sheet is forgotten."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from playwright.async_api import Locator, Page, expect

from tests.hmi.matrix.cells import FACES, SITUATIONS, Cell
from tests.hmi.words import words

HANDS = ("tablet", "phone")
GLASS = ("car",)
EVERYWHERE = (*GLASS, *HANDS)
MORE = "common.more"
MENU = ("menu", "")
"""What opens a menu, the first of them."""
IN_PART = "part"
"""The first button of a part in the gallery."""
ITEM = "item "
"""Before the key of what stands in an open menu."""
SETTLED = """async () => {
  const lasts = (one) => one.effect?.getComputedTiming().iterations === Infinity;
  const ending = document.getAnimations().filter((one) => !lasts(one));
  const ended = Promise.all(ending.map((one) => one.finished.catch(() => 0)));
  // What lies outside the screen stands still, and would be waited for without end.
  await Promise.race([ended, new Promise((done) => setTimeout(done, 2000))]);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


class Sheet(NamedTuple):
    """``file``: the part of the page, under web/src/panels or web/src. ``at``: the panel's address. ``steps``:
    the keys of the buttons that are pressed one after another; a second word is what the key says of
    (``name``). ``driven``: whoever drives a moving car gets it, too. ``view``: it is a view in its panel's
    place, not a sheet over it. ``owner``: only owners get it. ``ring``: somebody rings the bell before."""

    name: str
    file: str
    at: str
    steps: Sequence[tuple[str, str]]
    faces: Sequence[str] = EVERYWHERE
    driven: bool = False
    view: bool = False
    owner: bool = False
    ring: bool = False


SHEETS: Sequence[Sheet] = (
    Sheet("a lamp", "home/ThingSheet", "", [(MORE, "Floor lamp")], driven=True),
    Sheet("climate", "home/ThingSheet", "", [("", "Living room climate,")], driven=True),
    Sheet("a lock", "home/ThingSheet", "", [("", "Front door,")], driven=True),
    Sheet("what does not answer", "home/ThingSheet", "", [(MORE, "Television")], driven=True),
    Sheet("a camera", "home/ThingSheet", "", [("", "Doorbell,")], HANDS),
    Sheet("blinds", "home/ThingSheet", "", [(MORE, "Blinds")], HANDS),
    Sheet("all rooms", "home/board/RoomsSheet", "", [("board.rooms", "")], GLASS, driven=True),
    Sheet("a room", "home/board/RoomSheet", "", [("board.rooms", ""), ("", "Living room")], GLASS, driven=True),
    Sheet("arranging", "home/board/EditBoard", "", [("board.arrange", "")], view=True),
    Sheet("the picker", "home/board/Picker", "", [("board.arrange", ""), ("board.add", "")]),
    Sheet("the car's climate", "car/ClimateSheet", "", [("car.climate.on|car.climate.off", "")], GLASS, driven=True),
    Sheet("a notice's camera", "notices/Look", "notices", [("notices.picture", "")], HANDS, ring=True),
    Sheet("what is kept", "drives/KeepSheet", "drives", [MENU, (ITEM + "drives.keep", "")], HANDS, owner=True),
    Sheet("what is recorded", "recordings/ChooseSheet", "recordings", [("recordings.settings", "")], HANDS, owner=True),
    Sheet("somebody new", "settings/people/AddPerson", "settings/people", [("people.add", "")], owner=True),
    Sheet("a permission", "settings/people/GrantForm", "settings/people", [("grant.add", "")], owner=True),
    Sheet("a person", "settings/people/PersonForm", "settings/people", [("people.change", "Mei")], owner=True),
    Sheet("a question", "settings/Confirm", "settings/people", [("people.remove", "Mei")], owner=True),
    Sheet("a part's menu", "gallery/Lists", "gallery/lists", [MENU]),
    Sheet("what waits", "lib/parts/Waiting", "gallery/showing", [(IN_PART, "Waiting")]),
    Sheet("a part's sheet", "gallery/Buttons", "gallery/buttons", [(IN_PART, "Sheet")]),
)
ELSEWHERE = {
    "door/Again": "comes ten minutes after a sign-in",
    "settings/copies/CheckCopy": "of a backup that was made",
    "settings/copies/Erase": "after the household's name was typed",
    "settings/devices/DeviceSheet": "of a device",
    "settings/devices/PaperSheet": "told once: test_clipboard_page.py and the devices' page",
    "keys/VouchSheet": "of who waits to be let in: test_vouch_page.py",
    "settings/links/PhoneAsks": "of a phone that asks: test_phone_page.py",
    "recordings/Player": "of a recording: test_recordings_page.py",
    "clipboard/QrSheet": "of a text: test_throw_page.py",
    "throws/ThrowSheet": "of a screen that belongs to the group: test_throw_page.py",
    "drives/DriveDetail": "of a drive",
    "drives/NameSheet": "of a drive",
}
"""Files with a sheet that is not opened here, and why: the tests of their own subjects look at them."""


def due(sheet: Sheet, cell: Cell, *, full: bool) -> bool:
    """Whether a sheet is opened in a cell. In CI each is opened once on each face where nothing is limited, on the
    driver's screen or who rides along's by turns, and on the screen of whoever drives if they get it."""
    face, situation, _ = cell
    if face.kind not in sheet.faces or (situation.driver and situation.state != "parked" and not sheet.driven):
        return False
    if sheet.owner and not situation.driver:
        return False  # Anna drives, and owns the household
    if full or (situation.state == "moving" and situation.driver):
        return True
    free = [one for one in SITUATIONS if one.state == "parked" or not (one.driver or sheet.owner)]
    return situation in free and free.index(situation) == (SHEETS.index(sheet) + FACES.index(face)) % len(free)


HOLE = re.compile(r"\\\{\w+\\\}")
"""Where a message leaves room for a name, after ``re.escape``."""
OPEN = "dialog[open], [role=menu]"


async def open_sheet(page: Page, sheet: Sheet, locale: str) -> None:
    """Press what leads to it. What it is to be opened by must be there: nothing is skipped."""
    # A ring stands there with its picture for half a minute: whoever wants what lies below puts it away.
    await page.evaluate("[...document.querySelectorAll('.toast > button')].at(-1)?.click()")
    for key, name in sheet.steps:
        button = (await called(page, key, name, locale)).first
        await expect(button).to_be_visible()
        await button.click()
        if not sheet.view and (key, name) != MENU:
            await settled(page)
    if not sheet.view:
        await expect(page.locator(OPEN).last).to_be_visible()


async def close_sheet(page: Page, sheet: Sheet, locale: str) -> None:
    """Leave again, as anybody can at any moment (rule 3)."""
    for _ in sheet.steps:
        if await page.locator(OPEN).count():
            await page.keyboard.press("Escape")
    await expect(page.locator(OPEN)).to_have_count(0)
    done = await called(page, "board.done", "", locale)
    if await done.count():
        await done.first.click()


async def called(page: Page, keys: str, name: str, locale: str) -> Locator:
    """The buttons that say one of these keys, in the sheet that is open; no key: that begin with the name itself."""
    sheets = page.locator("dialog[open]")
    within = sheets.last if await sheets.count() else page.locator("body")
    if (keys, name) == MENU:
        return within.locator("button[aria-haspopup=menu]:visible:enabled")
    if keys == IN_PART:
        return within.locator(f"section[aria-label='{name}'] button")
    if keys.startswith(ITEM):
        return page.get_by_role("menuitem", name=words(locale[:2])[keys.removeprefix(ITEM)], exact=True)
    if not keys:
        said = "^" + re.escape(name)
    else:
        about = re.escape(name) or ".*"
        messages = [re.escape(words(locale[:2])[key]) for key in keys.split("|")]
        said = f"^(?:{'|'.join(HOLE.sub(lambda _: about, one) for one in messages)})$"
    return within.get_by_role("button", name=re.compile(said)).and_(page.locator("button:visible"))


async def settled(page: Page) -> None:
    """Until nothing moves any more; what says "under way" may."""
    await page.evaluate(SETTLED)
