"""Pictures of paper for the tests of formats, drawn by code: clean, turned, crooked, photographed on a table."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy
from PIL import Image, ImageDraw, ImageFont

GERMAN = (
    "Klinikum Musterstadt, Abteilung für Radiologie",
    "Patientin: Beispiel, Erika   geb. 12.04.1961",
    "Befund vom 03.03.2025",
    "Die Untersuchung der Lunge zeigt einen kleinen Rundherd",
    "im rechten Oberlappen, der gegenüber der Voraufnahme",
    "unverändert ist. Kein Pleuraerguss, keine vergrößerten",
    "Lymphknoten. Wir empfehlen eine Kontrolle in sechs Monaten.",
    "Mit freundlichen Grüßen, Dr. med. Muster",
)
WIDTH, HEIGHT = 1240, 1000
FONT = "node_modules/@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf"
HEBREW_FONT = "node_modules/@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf"
CHECKOUT = Path(__file__).resolve().parents[1]


def page(
    lines: tuple[str, ...] = GERMAN, size: tuple[int, int] = (WIDTH, HEIGHT), font_file: str = FONT
) -> Image.Image:
    """White paper with black lines of about 11 points at 150 dots an inch."""
    made = Image.new("L", size, 255)
    font = ImageFont.truetype(CHECKOUT / font_file, 34)
    for number, line in enumerate(lines):
        ImageDraw.Draw(made).text((110, 120 + 62 * number), line, fill=10, font=font)
    return made


def table(rows: tuple[tuple[str, ...], ...], height: int = 62) -> Image.Image:
    """A ruled table of cells under two lines of words."""
    made = page(GERMAN[:3], (WIDTH, 1600))
    draw, font = ImageDraw.Draw(made), ImageFont.truetype(CHECKOUT / FONT, 30)
    across = [110 + 280 * column for column in range(len(rows[0]) + 1)]
    down = [400 + height * row for row in range(len(rows) + 1)]
    for x in across:
        draw.line((x, down[0], x, down[-1]), fill=90, width=2)
    for y in down:
        draw.line((across[0], y, across[-1], y), fill=90, width=2)
    for y, row in zip(down, rows, strict=False):
        for x, words in zip(across, row, strict=False):
            draw.text((x + 16, y + 10), words, fill=10, font=font)
    return made


def photographed(sheet: Image.Image) -> Image.Image:
    """The sheet on a dark table, seen from the side, with a shadow over its right half."""
    corners = (150.0, 110.0, 110.0, 1180.0, 1420.0, 1100.0, 1330.0, 190.0)  # as PIL counts: nw, sw, se, ne
    rows = []
    places = ((0, 0), (0, sheet.height), (sheet.width, sheet.height), (sheet.width, 0))
    for index, (x, y) in enumerate(places):
        u, v = corners[2 * index], corners[2 * index + 1]
        rows += [[u, v, 1, 0, 0, 0, -x * u, -x * v], [0, 0, 0, u, v, 1, -y * u, -y * v]]
    values = [coordinate for place in places for coordinate in place]
    matrix = numpy.linalg.solve(numpy.array(rows, float), numpy.array(values, float))
    ground = Image.new("L", (1560, 1300), 70)
    seen = sheet.transform(ground.size, Image.Transform.PERSPECTIVE, tuple(matrix), Image.Resampling.BICUBIC)
    mask = Image.new("L", sheet.size, 255).transform(ground.size, Image.Transform.PERSPECTIVE, tuple(matrix))
    ground.paste(seen, (0, 0), mask)
    light = numpy.tile(numpy.linspace(1.0, 0.62, ground.width), (ground.height, 1))
    return Image.fromarray((numpy.asarray(ground) * light).astype(numpy.uint8))


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def scan_pdf(pictures: list[Image.Image]) -> bytes:
    """A PDF whose pages are pictures, at 150 dots an inch."""
    return saved(pictures[0], "PDF", save_all=True, append_images=pictures[1:], resolution=150)
