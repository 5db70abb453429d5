"""How many guesses a password would withstand, by a small estimate after zxcvbn (Wheeler, 2016).

The password is cut into the parts that are cheapest to guess: well-known words (also in leet), the person's own
words, runs (abc, 987, qwerty), repeats, years, and single characters for the rest. No list can hold every bad
password; with the throttle and argon2id the estimate keeps out those that an attacker tries first.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable

from wayhome.errors import BadInput

LEAST = 10
MOST = 256
ENOUGH = 8.0
"""Needed strength: the logarithm (base 10) of the guesses."""

_WORDS = """
password passwort passwd pass admin administrator root user login welcome letmein iloveyou monkey dragon master
sunshine princess football baseball superman batman shadow michael jordan harley hunter ranger buster soccer hockey
killer george charlie andrew michelle love secret summer winter spring autumn freedom ginger pepper cookie cheese
computer internet samsung google apple windows linux ubuntu android iphone facebook twitter youtube amazon netflix
starwars pokemon pikachu naruto matrix hello world test testing demo guest default changeme qwerty azerty qwertz
trustno1 whatever nothing access mustang corvette ferrari porsche mercedes toyota honda yamaha xiaomi tesla bmw audi
home house kitchen family mother father daddy mommy baby angel flower diamond silver golden orange purple yellow
black white green blue red tiger lion eagle falcon wolf bear horse dog cat bird fish happy lucky forever friend
friends jesus christ heaven god money dollar power magic music guitar piano dance party beach ocean river mountain
china beijing shanghai wang zhang woaini aini nihao woaiwo mima mimashi asd zxc qwe qaz wsx edc abc xyz
january february march april june july august september october november december monday tuesday wednesday thursday
friday saturday sunday morning night today tomorrow school student teacher doctor police nurse pilot captain
smart assistant smarthome homeassistant hassio raspberry raspberrypi server router network wifi wlan internet
liverpool chelsea arsenal barcelona juventus madrid london paris berlin munich hamburg vienna zurich roma milano
thomas robert daniel jennifer jessica ashley amanda nicole joshua matthew anthony william patrick alexander maria anna
hallo schatz geheim sommer liebe bonjour soleil amour chocolat doudou marseille hola contrasena secreto estrella
"""
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
    "qazwsxedcrfv",
    "!@#$%^&*()",
)
_NUMBERS = ("5201314", "1314520", "1314", "520", "521", "666", "888", "007", "123", "321", "147258", "159357", "789456")
_LEET = str.maketrans("@4831!05$7", "aabeiiosst")


def check(password: str, own_words: Iterable[str] = ()) -> None:
    """Raises BadInput, with what to do, for a password that is too short, too long or too easy."""
    if len(password) < LEAST:
        raise BadInput(f"a password has at least {LEAST} characters", advice="Four random words are a good one.")
    if len(password) > MOST:
        raise BadInput(f"a password has at most {MOST} characters")
    if strength(password, own_words) < ENOUGH:
        raise BadInput("this password is among the first that would be guessed", advice="Take four random words.")


def strength(password: str, own_words: Iterable[str] = ()) -> float:
    """The logarithm (base 10) of the guesses that ``password`` withstands."""
    plain = unicodedata.normalize("NFKC", password)[:MOST].lower()
    words = {word: math.log10(rank + 20) for rank, word in enumerate(_WORDS.split())}
    words |= dict.fromkeys(_NUMBERS, 1.0)
    for text in (*own_words, "wayhome"):
        whole = unicodedata.normalize("NFKC", text).lower()
        words |= {word: 0.5 for word in (whole, whole.replace(" ", ""), *whole.split()) if len(word) > 2}
    varied = 0.3 if password.lower() != password else 0.0
    return _cost(plain, words) + varied


def _cost(text: str, words: dict[str, float]) -> float:
    block = (text + text).find(text, 1)
    if 0 < block < len(text):
        return _cost(text[:block], words) + math.log10(len(text) // block)
    straight = text.translate(_LEET)
    best = [0.0] * (len(text) + 1)
    for end in range(1, len(text) + 1):
        best[end] = min(
            best[start] + _part(text, straight, start, end, words) for start in range(max(0, end - 32), end)
        )
    return best[-1]


def _part(text: str, straight: str, start: int, end: int, words: dict[str, float]) -> float:
    part = text[start:end]
    length = end - start
    if length == 1:
        return 1.0 if part.isascii() else 1.7
    cost = words.get(part)
    if cost is None and (cost := words.get(straight[start:end])) is not None:
        cost += 0.5
    if cost is not None:
        return cost
    if len(set(part)) == 1:
        return 1.1 + math.log10(length)
    if length >= 3 and any(part in run or part in run[::-1] for run in _RUNS):
        return 1.2 + math.log10(length)
    if length == 4 and part.isdigit() and part[:2] in ("19", "20"):
        return 2.1
    return float("inf")
