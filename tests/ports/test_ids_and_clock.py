"""Fresh ids, and the machine's clock."""

from __future__ import annotations

import time

from wayhome.adapters.clock_system import SystemClock
from wayhome.adapters.ids_random import ALPHABET, RandomIds


class Clock:
    def __init__(self) -> None:
        self.time = 1_764_025_200.0

    def now(self) -> float:
        return self.time

    def steady(self) -> float:
        return self.time


def test_ulids_are_in_order_within_a_millisecond_and_when_the_clock_goes_back() -> None:
    clock = Clock()
    ids = RandomIds(clock)
    made = [ids.ulid() for _ in range(500)]
    clock.time -= 100
    made += [ids.ulid() for _ in range(500)]
    clock.time += 200
    made.append(ids.ulid())
    assert made == sorted(set(made))
    assert all(len(id) == 26 and set(id) <= set(ALPHABET) for id in made)


def test_a_ulid_says_its_time() -> None:
    clock = Clock()
    number = 0
    for letter in RandomIds(clock).ulid():
        number = number * 32 + ALPHABET.index(letter)
    assert number >> 80 == int(clock.time * 1000)
    assert number < 1 << 128


def test_random_bits_that_are_all_ones_carry_into_the_time() -> None:
    ids = RandomIds(Clock(), lambda size: b"\xff" * size)
    made = [ids.ulid() for _ in range(3)]
    assert made == sorted(set(made))


def test_tokens_are_long_and_differ() -> None:
    ids = RandomIds(SystemClock())
    tokens = {ids.token() for _ in range(100)}
    assert len(tokens) == 100 and all(len(token) == 43 for token in tokens)
    assert all(0 <= ids.jitter() <= 1 for _ in range(100))


def test_the_clock_goes() -> None:
    clock = SystemClock()
    assert abs(clock.now() - time.time()) < 5
    before = clock.steady()
    assert clock.steady() >= before
