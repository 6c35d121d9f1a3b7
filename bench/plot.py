#!/usr/bin/python3
"""Draws the results of the benchmark suite, and puts its table into bench/README.md.

    clinic_bench --json=results.json > table.md
    bench/plot.py results.json [table.md]

Writes bench/plots/*.svg, which read well on light and on dark. Needs nothing but Python's standard
library. A dot is the median of the repetitions; the scale is logarithmic, so that equal distances
are equal ratios.
"""

import html
import json
import math
import pathlib
import re
import statistics
import sys

BENCH = pathlib.Path(__file__).resolve().parent
NANOSECOND_UNITS = [(1, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")]

# The file, its title, the rows that belong to it, and what a value is.
PLOTS = [
    ("is_free", "Is this time free?", r"is_free/", "time of an answer"),
    ("changes", "Book if free, cancel, cancel and book again", r"(book_if_free|cancel|rebook)/",
     "time of an operation"),
    ("next_gap", "When are the next 30 minutes free?", r"next_gap", "time of an answer"),
    ("specialty", "Who of a specialty is free first?", r"earliest_in", "time of an answer"),
    ("memory", "Memory a booking", r"memory_a_booking/", "bytes"),
    ("overlaps", "All overlapping pairs", r"overlapping_pairs", "time an interval"),
    ("recurrence", "Recurrence rules", r"(occurrences|first_occurrence)", "time an occurrence"),
    ("threads_and_loading", "Two threads; opening a store of bookings",
     r"(book_and_cancel|open_a_store)", "time a pair, time a booking"),
]

# Colours that are told apart on both grounds; ours first. The hollow ones know no ids.
COLOURS = ["#e4572e", "#2e86de", "#17a589", "#8e6bd1", "#d4a017", "#c2528b", "#6b8e23", "#7f8c8d",
           "#3fa7d6", "#2ecc71"]
KNOWS_NO_IDS = {"ICL interval_set", "bitmap each", "flat bitmap", "transposed bits"}

STYLE = """
  .ground { fill: #ffffff; stroke: #d7dde3 }
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2933 }
  .title { font-size: 15px; font-weight: 600 }
  .quiet { fill: #66727f; font-size: 11px }
  .value { font-size: 11px; font-weight: 600 }
  .grid { stroke: #e8ecf0 }
  .span { stroke: #cbd3da; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #12181f; stroke: #2c3640 }
    text { fill: #e3e9ef }
    .quiet { fill: #94a1ae }
    .grid { stroke: #222b34 }
    .span { stroke: #3a4652 }
  }
"""

WIDTH, LEFT, RIGHT, ROW = 880, 330, 40, 26


def read(path):
    """Returns {row: {peer: median}}, in the order of the file's first mention of each."""
    runs = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["benchmarks"]
    values = {}
    for run in runs:
        if run.get("run_type") != "iteration" or run.get("error_occurred"):
            continue
        name = re.sub(r"(/(iterations|repeats|min_time|manual_time)(:[^/]*)?)+$", "", run["name"])
        row, peer = name.rsplit("/", 1)
        value = run.get("bytes_per_booking") or 1e9 / run["items_per_second"]
        values.setdefault(row, {}).setdefault(peer, []).append(value)
    return {row: {peer: statistics.median(measured) for peer, measured in peers.items()}
            for row, peers in values.items()}


def natural(text):
    """Sorts numbers inside names by what they are."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text)]


def readable(value, is_time):
    if not is_time:
        return f"{value:.3g} B"
    size, unit = max((pair for pair in NANOSECOND_UNITS if pair[0] <= max(value, 1)))
    return f"{value / size:.3g} {unit}"


def count(number, name):
    return f"{number:,} {name.removesuffix('s') if number == 1 else name}"


def label(row):
    """'is_free/practitioners:1000' as 'is free · 1,000 practitioners'."""
    scenario, *details = row.split("/")
    words = [scenario.replace("_", " ")]
    for detail in details:
        name, _, number = detail.partition(":")
        words.append(count(int(number), name.replace("_", " ")) if number.isdigit() else number)
    return " · ".join(words)


def text(x, y, content, style="", anchor="start"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">'
            f"{html.escape(content)}</text>")


def document(height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img">\n<style>{STYLE}</style>\n'
            f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>\n'
            + "\n".join(parts) + "\n</svg>\n")


class LogScale:
    """From values to places between `start` and `end`."""

    def __init__(self, values, start, end):
        self.low = math.log10(min(values)) - 0.1
        self.high = math.log10(max(values)) + 0.25
        self.start, self.end = start, end

    def __call__(self, value):
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def decades(self):
        return [10.0 ** power for power in range(math.ceil(self.low), math.floor(self.high) + 1)]


def mark(x, y, peer, colour, is_ours, tip):
    fill = f'fill="none" stroke="{colour}" stroke-width="2"' if peer in KNOWS_NO_IDS \
        else f'fill="{colour}"'
    return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{6.5 if is_ours else 4.5}" {fill}>'
            f"<title>{html.escape(tip)}</title></circle>")


def legend(peers, colours, y):
    """The marks and their names; returns the parts, and where they end."""
    parts, x = [], 20
    for peer in peers:
        width = 24 + 6.8 * len(peer)
        if x + width > WIDTH - 20:
            x, y = 20, y + 20
        parts.append(mark(x + 5, y - 4, peer, colours[peer], peer == peers[0], peer))
        parts.append(text(x + 16, y, peer))
        x += width + 8
    return parts, y


def dots(title, rows, what):
    """A line for each row, a dot for each peer."""
    peers = list(dict.fromkeys(peer for row in rows.values() for peer in row))
    colours = {peer: COLOURS[i % len(COLOURS)] for i, peer in enumerate(peers)}
    is_time = what != "bytes"
    parts = [text(20, 28, title, "title"), text(WIDTH - 20, 28, what, "quiet", "end")]
    marks, bottom = legend(peers, colours, 54)
    parts += marks
    top = bottom + 18
    height = top + ROW * len(rows) + 34
    scale = LogScale([value for row in rows.values() for value in row.values()], LEFT, WIDTH - RIGHT)
    for value in scale.decades():
        x = scale(value)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{height - 30}"/>')
        parts.append(text(x, height - 14, readable(value, is_time), "quiet", "middle"))
    for i, (row, values) in enumerate(rows.items()):
        y = top + ROW * (i + 0.5)
        parts.append(text(20, y + 4, label(row)))
        parts.append(f'<line class="span" x1="{scale(min(values.values())):.1f}" '
                     f'x2="{scale(max(values.values())):.1f}" y1="{y}" y2="{y}"/>')
        ours = values.get(peers[0])
        for peer, value in sorted(values.items(), key=lambda item: item[0] == peers[0]):
            ratio = f" ({value / ours:.3g} x)" if ours and peer != peers[0] else ""
            tip = f"{peer}: {readable(value, is_time)}{ratio}"
            parts.append(mark(scale(value), y, peer, colours[peer], peer == peers[0], tip))
    return document(height, parts)


def growth(title, rows, name):
    """A line for each peer over a number that stands last in the rows' names; both scales are
    logarithmic."""
    lines = {}
    for row, values in rows.items():
        number = int(row.rpartition(":")[2])
        for peer, value in values.items():
            lines.setdefault(peer, []).append((number, value))
    colours = {peer: COLOURS[i % len(COLOURS)] for i, peer in enumerate(lines)}
    top, bottom, height = 80, 340, 384
    across = LogScale([number for line in lines.values() for number, _ in line], 70, WIDTH - 60)
    up = LogScale([value for line in lines.values() for _, value in line], bottom, top)
    parts = [text(20, 28, title, "title"), text(WIDTH - 20, 28, "time of an answer", "quiet", "end")]
    parts += legend(list(lines), colours, 54)[0]
    for value in up.decades():
        parts.append(f'<line class="grid" x1="70" x2="{WIDTH - 30}" y1="{up(value):.1f}" '
                     f'y2="{up(value):.1f}"/>')
        parts.append(text(62, up(value) + 4, readable(value, True), "quiet", "end"))
    for number in sorted({number for line in lines.values() for number, _ in line}):
        parts.append(text(across(number), height - 20, count(number, name), "quiet", "middle"))
    for peer, line in lines.items():
        places = " ".join(f"{across(number):.1f},{up(value):.1f}" for number, value in sorted(line))
        parts.append(f'<polyline points="{places}" fill="none" stroke="{colours[peer]}" '
                     f'stroke-width="{3 if peer == next(iter(lines)) else 1.5}"/>')
        for number, value in line:
            parts.append(mark(across(number), up(value), peer, colours[peer], False,
                              f"{peer}, {count(number, name)}: {readable(value, True)}"))
    return document(height, parts)


def in_table_order(peers, order):
    return {peer: peers[peer] for peer in sorted(peers, key=order.index)}


def peers_in_order(results):
    """Columns as the suite has them: ours first, whatever ran first."""
    first = ["clinic", "clinic on all cores", "clinic on one core", "two threads", "one thread",
             "absl::btree_map", "sorted vector", "std::set", "ICL interval_set", "ICL interval_map",
             "Geometry rtree", "SQLite", "bitmap each", "flat bitmap"]
    known = sorted({peer for row in results.values() for peer in row})
    return [peer for peer in first if peer in known] + [p for p in known if p not in first]


def draw(results, folder):
    folder.mkdir(exist_ok=True)
    order = peers_in_order(results)
    for name, title, pattern, what in PLOTS:
        rows = {row: in_table_order(results[row], order)
                for row in sorted(results, key=natural) if re.match(pattern, row)}
        if rows:
            (folder / f"{name}.svg").write_text(dots(title, rows, what), encoding="utf-8")
    rows = {row: in_table_order(results[row], order)
            for row in sorted(results, key=natural) if row.startswith("only_gap_behind")}
    if rows:
        title = "Finding the only gap, behind years without a free minute"
        (folder / "growth.svg").write_text(growth(title, rows, "years"), encoding="utf-8")


def put_table(path, readme):
    begin, end = "<!-- table: begin -->\n", "<!-- table: end -->\n"
    table = pathlib.Path(path).read_text(encoding="utf-8")
    page = readme.read_text(encoding="utf-8")
    before, _, rest = page.partition(begin)
    after = rest.partition(end)[2]
    readme.write_text(before + begin + "\n" + table + "\n" + end + after, encoding="utf-8")


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.exit(__doc__)
    draw(read(arguments[0]), BENCH / "plots")
    if len(arguments) == 2:
        put_table(arguments[1], BENCH / "README.md")


if __name__ == "__main__":
    main(sys.argv[1:])
