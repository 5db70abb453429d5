"""What can be answered by one tap, also by who drives: its text in English and in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

QUICK: Mapping[str, tuple[str, str]] = {
    "driving": ("I'm driving, I'll get back to you later.", "我在开车，稍后回复你。"),
    "on_my_way": ("I'm on my way.", "我在路上。"),
    "yes": ("Yes.", "好的。"),
    "no": ("No, sorry.", "不行，抱歉。"),
}
