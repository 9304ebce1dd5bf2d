#!/usr/bin/env python3
"""Draws the icon: a sheet of paper that passes from one hand into another.

    icon.py icon.ico            the icon in all its sizes
    icon.py icon.ico look.png   and its largest picture, to look at

Needs Python alone. The shapes are measured in a square of 256, from the upper left corner.
"""

import struct
import sys
import zlib

INDIGO, VERMILION = (0x22, 0x43, 0x73), (0xC8, 0x46, 0x2E)
PAPER, FOLD, LINE = (0xFF, 0xFF, 0xFF), (0xD5, 0xDC, 0xE6), (0x9A, 0xA8, 0xBA)
SIZES = (16, 20, 24, 32, 40, 48, 64, 256)


def stroke(x0, y0, x1, y1, radius):
    """A line with round ends."""

    def distance(x, y):
        dx, dy = x1 - x0, y1 - y0
        along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy or 1)
        along = min(1, max(0, along))
        return ((x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2) ** 0.5 - radius

    return distance


def polygon(*points):
    """What lies within straight edges; the points go round clockwise and no corner points inward."""

    def distance(x, y):
        worst = -1e9
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1]):
            dx, dy = bx - ax, by - ay
            worst = max(worst, ((x - ax) * -dy + (y - ay) * dx) / -((dx * dx + dy * dy) ** 0.5))
        return worst

    return distance


def grown(shape, by):
    """The same, larger all around."""
    return lambda x, y: shape(x, y) - by


SHEET = polygon((80, 20), (150, 20), (182, 52), (182, 212), (80, 212))
# From the back to the front. The hands hold the sheet: fingers behind it, a thumb in front.
SHAPES = (
    (INDIGO, stroke(22, 178, 104, 168, 32)),
    (VERMILION, stroke(234, 100, 152, 90, 32)),
    (INDIGO, grown(SHEET, 9)),
    (PAPER, SHEET),
    (FOLD, polygon((150, 20), (182, 52), (150, 52))),
    (LINE, stroke(102, 76, 134, 76, 5)),
    (LINE, stroke(102, 192, 160, 192, 5)),
    (PAPER, stroke(50, 150, 112, 146, 22)),
    (INDIGO, stroke(40, 152, 112, 146, 15)),
    (PAPER, stroke(206, 110, 150, 116, 22)),
    (VERMILION, stroke(216, 108, 150, 116, 15)),
)
# Nothing of the white around the thumbs is seen outside of the sheet.
ON_THE_SHEET = (7, 9)


def picture(size):
    """Rows of (red, green, blue, alpha), each dot the mean of 5 x 5 looks."""
    looks, scale = 5, 256 / size
    rows = []
    for row in range(size):
        line = []
        for column in range(size):
            total, seen = [0, 0, 0], 0
            for step in range(looks * looks):
                x = (column + (step % looks + 0.5) / looks) * scale
                y = (row + (step // looks + 0.5) / looks) * scale
                colour = None
                for number, (paint, shape) in enumerate(SHAPES):
                    if number in ON_THE_SHEET and SHEET(x, y) > 0:
                        continue
                    if shape(x, y) <= 0:
                        colour = paint
                if colour:
                    seen += 1
                    total = [t + c for t, c in zip(total, colour)]
            mean = [round(t / seen) for t in total] if seen else [0, 0, 0]
            line.append((*mean, round(255 * seen / (looks * looks))))
        rows.append(line)
    return rows


def png(rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    raw = b"".join(b"\0" + bytes(value for dot in row for value in dot) for row in rows)
    size = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")


def bitmap(rows):
    """As icons have it: from the bottom, blue first, and a mask of one bit below, which nobody looks at."""
    size = len(rows)
    head = struct.pack("<IiiHHIIiiII", 40, size, size * 2, 1, 32, 0, 0, 0, 0, 0, 0)
    dots = b"".join(bytes((b, g, r, a)) for row in reversed(rows) for r, g, b, a in row)
    return head + dots + bytes((size + 31) // 32 * 4 * size)


def icon(pictures):
    images = [png(rows) if len(rows) >= 256 else bitmap(rows) for rows in pictures]
    entries, at = b"", 6 + 16 * len(images)
    for rows, image in zip(pictures, images):
        side = len(rows) % 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(image), at)
        at += len(image)
    return struct.pack("<HHH", 0, 1, len(images)) + entries + b"".join(images)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    pictures = [picture(size) for size in SIZES]
    with open(sys.argv[1], "wb") as out:
        out.write(icon(pictures))
    if len(sys.argv) == 3:
        with open(sys.argv[2], "wb") as out:
            out.write(png(pictures[-1]))


main()
