"""The notifications that stand now, and how they are called."""

from __future__ import annotations

import re

import msgspec

from wayhome.hub.notifications import Said

NAME = "notifications"
KIND = "notification"
"""The kind of their frames."""
CHOICE = "notification_rules"
"""Records of what each person chose, sealed, under the person's id."""
NEWS = "@notification_news/"
PER_PHONE = 100
"""So many of one phone; a further one takes the place of the oldest."""
DIALLERS = re.compile(r"^\d+\|[a-z0-9_.]*(dialer|telecom|incallui|contacts|\.phone)[a-z0-9_.]*\|", re.IGNORECASE)
"""By which app a phone tells that a call was missed, as Android calls it in its id."""
TEXTERS = frozenset({
    "com.android.messaging", "com.android.mms", "com.google.android.apps.messaging", "com.handcent.app.nextsms",
    "com.moez.QKSMS", "com.oneplus.mms", "com.samsung.android.messaging", "com.simplemobiletools.smsmessenger",
    "com.sonyericsson.conversations", "com.textra", "dev.octoshrimpy.quik", "org.fossify.messages",
    "org.prauga.messages", "xyz.klinker.messenger",
})  # fmt: skip
"""The apps that tell of a phone's text messages, as Android calls them in their notifications' ids."""
LASTS = 86_400.0
"""What a phone does not tell again is gone after so many s."""

type Origin = tuple[str, str, str]
"""A link, a phone by its id there, and the phone's own id for a notification."""


class Standing(msgspec.Struct):
    """One that stands. ``id``: PERSON:ULID. ``origins``: where it is told; the same from two phones, or from
    one by two links, is one. ``revision``: it rises with each change of anything of that person's. ``told``: the
    revision with which it last said something that was not said before. ``sms``: it is a text message, which the
    phone's messages show as well."""

    id: str
    person: str
    said: Said
    origins: list[Origin]
    heard: float
    revision: int = 0
    told: int = 0
    sms: bool = False

    @property
    def mark(self) -> tuple[str, str, str]:
        return mark(self.said)


def texts(id: str) -> bool:
    """Whether what a phone calls so is a text message's."""
    return id.partition("|")[2].partition("|")[0] in TEXTERS


def picture(link: str, phone: str, hash: str) -> str:
    """How an icon is called here: what one phone says of it counts for no other."""
    return f"{link}/{phone}/{hash}" if hash else ""


def mark(said: Said) -> tuple[str, str, str]:
    """By what two phones' notifications are the same."""
    return said.app, said.title, said.text
