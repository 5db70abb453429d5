"""Pictures: what the doorbell's camera sees (the front of the house, the gate, the drive, the sky, and who stands
there), and the covers of the music."""

from __future__ import annotations

import math
from datetime import datetime

from wayhome.links.sim.png import Canvas, Color
from wayhome.links.sim.world import SimWorld

WIDTH, HEIGHT = 480, 270
SKY, HAZE, GRASS, PATH, WALL, ROOF, GLASS, DOOR, POST, CAR, WHEEL, LAMP, LEAF, SKIN, COAT, TEXT, BAND, DISC = range(18)
_DAY: tuple[Color, ...] = (
    (126, 176, 224), (188, 214, 236), (96, 138, 84), (168, 160, 150), (226, 214, 196), (138, 72, 60),
    (84, 104, 122), (92, 62, 44), (70, 74, 80), (58, 116, 168), (28, 30, 34), (255, 196, 110), (62, 106, 62),
    (222, 180, 150), (168, 58, 62), (244, 247, 250), (18, 25, 34), (255, 226, 140),
)  # fmt: skip
_BRIGHT = frozenset({LAMP, TEXT, BAND, DISC})
"""Colours that the night does not darken."""
_LIT = frozenset({SKIN, COAT})
"""Colours of what stands before the door, which the bell's own light reaches."""


def doorbell(world: SimWorld, time: datetime) -> bytes:
    """The picture now, as PNG; ``time`` is shown on it."""
    light = max(0.16, min(1.0, 1.6 * world.weather.sun(world.now) + 0.16))
    least = [1.0 if n in _BRIGHT else 0.7 if n in _LIT else light for n in range(len(_DAY))]
    colors = [_dim(color, max(light, share)) for color, share in zip(_DAY, least, strict=True)]
    canvas = Canvas(WIDTH, HEIGHT, colors)
    _sky(canvas, world)
    _house(canvas, world)
    _drive(canvas, world)
    if world.home.doorbell.recording:
        canvas.box(318, 176, 44, 94, COAT)
        canvas.disc(340, 160, 18, SKIN)
        canvas.disc(WIDTH - 18, 18, 7, COAT)
    canvas.box(0, HEIGHT - 26, 262, 26, BAND)
    canvas.text(10, HEIGHT - 20, time.strftime("%Y-%m-%d %H:%M:%S"), TEXT, 3)
    return canvas.png()


def _dim(color: Color, light: float) -> Color:
    red, green, blue = color
    # Night takes the red first.
    return round(red * light), round(green * light), round(blue * min(1.0, light * 1.25))


def _sky(canvas: Canvas, world: SimWorld) -> None:
    canvas.box(0, 0, WIDTH, 120, SKY)
    canvas.box(0, 90, WIDTH, 40, HAZE)
    canvas.box(0, 128, WIDTH, HEIGHT - 128, GRASS)
    # The sun by day and the moon by night go over from left to right.
    turn = ((world.weather.hour(world.now) - 6.5) % 12) / 12
    canvas.disc(30 + 420 * turn, 100 - 75 * math.sin(math.pi * turn), 13, DISC)
    drift = world.now / 3 % (WIDTH + 160) - 80
    for offset in (0, 26, 52):
        canvas.disc(drift + offset, 44 - offset % 20, 16, HAZE)


def _house(canvas: Canvas, world: SimWorld) -> None:
    home = world.home
    canvas.box(40, 82, 190, 100, WALL)
    canvas.roof(24, 36, 222, 48, ROOF)
    canvas.box(62, 108, 46, 38, LAMP if home.lamp.on else GLASS)
    canvas.box(62, 108, 46, 38 * (1 - home.blinds.position / 100), WALL)
    canvas.box(122, 108, 34, 38, LAMP if home.kitchen.on else GLASS)
    open = home.door.latch > 0
    canvas.box(178, 116, 32, 66, LAMP if open and home.hall.on else DOOR)
    canvas.disc(204, 150, 3, LAMP if home.door.bolt < 1 else POST)
    canvas.disc(194, 104, 5, LAMP if home.hall.on else POST)


def _drive(canvas: Canvas, world: SimWorld) -> None:
    for step in range(HEIGHT - 180):
        canvas.box(236 - 0.4 * step, 180 + step, 120 + 1.4 * step, 1, PATH)
    if world.day.at_home and world.car.speed == 0:
        canvas.box(252, 158, 104, 26, CAR)
        canvas.box(274, 140, 58, 20, GLASS)
        for x in (274, 334):
            canvas.disc(x, 184, 11, WHEEL)
        if world.car.charging:
            canvas.box(358, 150, 8, 34, POST)
            canvas.disc(362, 156, 3, LAMP)
    # The gate slides to the right; its leaf stands before what lies behind.
    canvas.box(384, 130, 8, 66, POST)
    slid = world.home.gate.position / 100 * 96
    for n in range(8):
        canvas.box(392 + slid + 12 * n, 140, 5, 56, POST)
    canvas.disc(446, 96, 34, LEAF)
    canvas.box(442, 120, 8, 30, DOOR)


_COVERS: tuple[tuple[Color, ...], ...] = (
    ((24, 38, 74), (62, 94, 150), (255, 196, 110), (12, 20, 42), (230, 238, 248)),
    ((196, 88, 52), (236, 170, 92), (255, 238, 208), (112, 42, 34), (255, 250, 240)),
    ((206, 220, 232), (156, 182, 204), (255, 255, 255), (78, 104, 134), (36, 52, 74)),
)


def cover(number: int) -> bytes:
    """The cover of a title, as PNG: a low sun, hills, and lights before them."""
    _ground, hill, sun, near, light = range(5)
    size = 320
    canvas = Canvas(size, size, _COVERS[number % len(_COVERS)])
    canvas.disc(90 + 70 * (number % 3), 120, 58, sun)
    canvas.disc(60, 330, 150, hill)
    canvas.disc(270, 350, 170, hill)
    canvas.box(0, 262, size, 58, near)
    for n in range(9):
        canvas.disc(18 + 36 * n, 276 + 10 * ((n * 5 + number) % 4), 3 + (n + number) % 3, light)
    return canvas.png()
