#!/usr/bin/python3
"""Draws queries per second against recall as SVG, from the result lines of `ann` and peers.py.

    python3 recall_plot.py TITLE < lines > plot.svg

A line is NAME,SET,INDEX AND PARAMETERS,THREADS,RECALL10,QPS,BUILD_SECONDS,MIB; other lines are passed over. Recall is
spread by the logarithm of the missed share, the speed is logarithmic; of each engine only the points are joined that no
other point of it beats in both.
"""

import math
import sys
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 860, 480
LEFT, RIGHT, TOP, BOTTOM = 80, 210, 40, 55
RECALLS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999)
MISSED_MIN = 1e-4
COLORS = ("#0b6bcb", "#d1495b", "#2f9e44", "#e8890c", "#7048e8", "#0c8599", "#6b4226", "#868e96", "#c2255c", "#5c940d")


def frontier(points):
    """The points (recall, qps) that no other beats in both, by rising recall."""
    best, kept = 0.0, []
    for recall, qps in sorted(points, reverse=True):
        if qps > best:
            best = qps
            kept.append((recall, qps))
    return kept[::-1]


def spread(recall):
    return -math.log10(max(1 - recall, MISSED_MIN))


def draw(title, curves):
    """SVG text. curves: engine name to its points (recall, qps)."""
    curves = {name: frontier(points) for name, points in curves.items() if points}
    everything = [point for points in curves.values() for point in points]
    low = min([spread(recall) for recall, _ in everything] + [spread(0.9)])
    high = max([spread(recall) for recall, _ in everything] + [spread(0.99)])
    least = 10 ** math.floor(math.log10(min(qps for _, qps in everything)))
    most = 10 ** math.ceil(math.log10(max(qps for _, qps in everything)))

    def x(recall):
        return LEFT + (spread(recall) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(qps):
        return HEIGHT - BOTTOM - math.log(qps / least) / math.log(most / least) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#333">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{escape(title)}</text>',
    ]
    for recall in RECALLS:
        if low <= spread(recall) <= high:
            parts.append(f'<path d="M{x(recall):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
            parts.append(f'<text x="{x(recall):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{recall}</text>')
    decade = least
    while decade <= most:
        for step in (1, 2, 5):
            if decade * step <= most:
                parts.append(f'<path d="M{LEFT} {y(decade * step):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
                parts.append(f'<text x="{LEFT - 8}" y="{y(decade * step) + 4:.1f}" text-anchor="end">{decade * step:,.0f}</text>')
        decade *= 10
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">recall@10</text>')
    parts.append(f'<text transform="translate(18 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">queries per second</text>')
    for number, (name, points) in enumerate(curves.items()):
        color = COLORS[number % len(COLORS)]
        path = " ".join(f"{x(recall):.1f},{y(qps):.1f}" for recall, qps in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(recall):.1f}" cy="{y(qps):.1f}" r="3" fill="{color}"/>' for recall, qps in points]
        parts.append(f'<text x="{WIDTH - RIGHT + 14}" y="{TOP + 14 + 20 * number}" fill="{color}">{escape(name)}</text>')
    return "\n".join(parts) + "\n</svg>\n"


def main():
    curves = {}
    for line in sys.stdin:
        fields = line.strip().split(",")
        if len(fields) == 8:
            curves.setdefault(fields[0], []).append((float(fields[4]), float(fields[5])))
    if len(sys.argv) != 2 or not curves:
        sys.exit(__doc__)
    sys.stdout.write(draw(sys.argv[1], curves))


if __name__ == "__main__":
    main()
