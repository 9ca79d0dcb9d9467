"""Checks a picture of act-report and prints what it shows.

Usage: check_svg.py FILE.svg [LINE:X=Y...]; LINE counts from 0, and that line
must have the value Y at X as the ticks tell it. Fails where the file is not
well-formed, something lies outside the picture, a text runs out of it, or a
line leaves the frame. Prints the number of pieces of each line, and of marks.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def by_class(root, tag, name):
    return [e for e in root.iter(SVG + tag)
            if name in e.get("class", "").split()]


def place(element, *names):
    return [float(element.get(name)) for name in names]


def check_texts(root, width, height):
    for text in root.iter(SVG + "text"):
        x, y = place(text, "x", "y")
        size = 7 * len(text.text)
        left = {"start": x, "middle": x - size / 2,
                "end": x - size}[text.get("text-anchor")]
        if text.get("class") == "title":
            left = 0
        assert left >= 0 and left + size <= max(width, size), text.text
        assert 10 <= y <= height - 2, text.text


def pieces_of(path):
    """The points of each piece of a path of M and L."""
    pieces = []
    for kind, x, y in re.findall(r"([ML])(-?[\d.]+) (-?[\d.]+)",
                                 path.get("d")):
        if kind == "M":
            pieces.append([])
        pieces[-1].append((float(x), float(y)))
    return pieces


def scale(ticks):
    """The number at a pixel by the first and the last of ticks (at, label)."""
    (a, u), (b, v) = ticks[0], ticks[-1]
    return lambda at: u + (v - u) * (at - a) / (b - a)


def values_at(pieces, x, to_x):
    for piece in pieces:
        for (x0, y0), (x1, y1) in zip(piece, piece[1:]):
            u0, u1 = to_x(x0), to_x(x1)
            if u0 <= x <= u1 and u0 < u1:
                yield y0 + (y1 - y0) * (x - u0) / (u1 - u0)


def main():
    root = ElementTree.parse(sys.argv[1]).getroot()
    _, _, width, height = map(float, root.get("viewBox").split())
    check_texts(root, width, height)
    frames = [place(f, "x", "y", "width", "height")
              for f in by_class(root, "rect", "frame")]
    lines = [p for p in by_class(root, "path", "line") if "L" in p.get("d")]
    ticks = by_class(root, "text", "tick")
    for line in lines:
        inside = [all(left - .1 <= x <= left + wide + .1 and
                      top - .1 <= y <= top + high + .1
                      for piece in pieces_of(line) for x, y in piece)
                  for left, top, wide, high in frames]
        assert any(inside), "a line leaves its frame"
    left, top, wide, high = frames[0]
    across = [(float(t.get("x")), float(t.text)) for t in ticks
              if t.get("text-anchor") == "middle" and
              abs(float(t.get("y")) - top - high - 16) < .2]
    up = [(float(t.get("y")) - 4, float(t.text)) for t in ticks
          if t.get("text-anchor") == "end" and
          top - 1 <= float(t.get("y")) - 4 <= top + high + 1]
    assert 3 <= len(across) <= 12 and 2 <= len(up) <= 8, "odd ticks"
    to_x, to_y = scale(across), scale(up)
    for claim in sys.argv[2:]:
        index, x, y = re.split("[:=]", claim)
        found = [to_y(at) for at in values_at(pieces_of(lines[int(index)]),
                                              float(x), to_x)]
        assert found, f"{claim}: the line has a gap there"
        allowed = abs(to_y(0) - to_y(1.5))
        assert abs(found[0] - float(y)) <= allowed, f"{claim}: {found}"
    for mark in root.iter(SVG + "circle"):
        x, y = place(mark, "cx", "cy")
        assert any(left <= x <= left + wide and top <= y <= top + high
                   for left, top, wide, high in frames), "a mark outside"
    print("pieces", *(len(pieces_of(line)) for line in lines),
          "marks", len(list(root.iter(SVG + "circle"))))


main()
