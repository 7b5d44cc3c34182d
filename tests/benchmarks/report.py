"""What was measured, as Markdown between two markers: all of it for the docs, the main ratios for the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.benchmarks.contestants import CONTESTANTS, FAST
from tests.benchmarks.results import Machine, Sample, Spread, done, latest, ratios

BEGIN, END = "<!-- benchmark:begin -->", "<!-- benchmark:end -->"
PER_DOCUMENT = 700
"""Bytes that a run may hold for the signature and the keys of each document, whatever its length."""

_LANGUAGES = {"zh": "Chinese", "en": "English"}
_WIDTH = 48
_FLOOR = "floor"


def placed(page: str, section: str) -> str:
    """
    A page with the section between its markers, and not a character changed beside them.

    >>> placed("a\\n<!-- benchmark:begin -->old<!-- benchmark:end -->\\nb", "new")
    'a\\n<!-- benchmark:begin -->\\nnew\\n<!-- benchmark:end -->\\nb'
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in before + after:
        raise ValueError(f"the page needs {BEGIN} and, behind it, {END}, each once")
    return f"{before}{BEGIN}\n{section.strip()}\n{END}{after}"


def section(machines: Sequence[Machine], samples: Sequence[Sample]) -> str:
    """Everything that was measured, as Markdown: each case by the last session that measured it."""
    parts = []
    for corpus, rows in latest(samples, "speed").items():
        parts += [_caption(corpus, rows), chart(rows), _summary(rows), speed_table(rows)]
    parts += [growth_table(corpus, rows) for corpus, rows in latest(samples, "growth").items()]
    parts += [_million(corpus, rows) for corpus, rows in latest(samples, "million").items()]
    parts += [_startup(rows) for rows in latest(samples, "startup").values()]
    parts += [_conditions(machines, samples)]
    return "\n\n".join(filter(None, parts))


def brief(machines: Sequence[Machine], samples: Sequence[Sample]) -> str:
    """What the README tells: each tool's throughput, its time relative to ours and the copies it found, by corpus."""
    speed = latest(samples, "speed")
    does = {one.name: one.does for one in CONTESTANTS}
    tools = dict.fromkeys(tool for rows in speed.values() for tool in _walls(rows) if "," not in tool)  # no variants
    heads = [
        cell
        for corpus, rows in speed.items()
        for cell in (f"{_named(corpus)}: MB/s", f"time relative to {_ours(rows)}", "copies found")
    ]
    lines = [f"| {' | '.join(['', 'does', *heads])} |", f"|{'---|' * (len(heads) + 2)}"] if tools else []
    for tool in tools:
        cells = [cell for rows in speed.values() for cell in _brief_cells(rows, tool)]
        lines.append(f"| {' | '.join([tool, does.get(tool, ''), *cells])} |")
    parts = ["\n".join(lines), _floors(speed)]
    parts += [_million(corpus, rows) for corpus, rows in latest(samples, "million").items()]
    parts += [_startup(rows) for rows in latest(samples, "startup").values()]
    parts += [_conditions(machines, samples)]
    return "\n\n".join(filter(None, parts))


def _floors(speed: Mapping[str, Sequence[Sample]]) -> str:
    """How far we are from the floor on each corpus, as a sentence."""
    above = {corpus: (_ours(rows), ratios(rows, _ours(rows), _FLOOR)) for corpus, rows in speed.items()}
    told = [f"{_named(corpus)} {ours} {figure(r.middle)}" for corpus, (ours, r) in above.items() if r]
    return f"Time relative to the floor: {', '.join(told)}." if told else ""


def _brief_cells(rows: Sequence[Sample], tool: str) -> tuple[str, str, str]:
    wall = _walls(rows).get(tool)
    if wall is None:
        return "", "", ""
    times = ratios(rows, tool, _ours(rows))
    rate = figure(rows[0].bytes / 1e6 / wall.middle)
    return rate, figure(times.middle) if times else "", _found(done(rows, tool)[0])


def _caption(corpus: str, rows: Sequence[Sample]) -> str:
    one = rows[0]
    size = f"{one.documents:,} documents, {one.bytes / 1e6:,.0f} MB"
    return f"**{_named(corpus)}**, {size}, JSON Lines in and out, except rows marked `files`. MB/s:"


def _named(corpus: str) -> str:
    return _LANGUAGES.get(corpus, corpus)


def _walls(rows: Sequence[Sample]) -> dict[str, Spread]:
    """The seconds of the tools that came to their end, floors first, then the fastest first."""
    tools = dict.fromkeys(row.tool for row in rows)
    found = {tool: Spread.of(row.cost.wall for row in ended) for tool in tools if (ended := done(rows, tool))}
    return dict(sorted(found.items(), key=lambda item: (not item[0].startswith(_FLOOR), item[1].middle)))


def chart(rows: Sequence[Sample]) -> str:
    """A bar for each tool but the floors, as long as it is fast, in a block of text."""
    rates = {
        tool: rows[0].bytes / 1e6 / wall.middle for tool, wall in _walls(rows).items() if not tool.startswith(_FLOOR)
    }
    wide = max(map(len, rates), default=0)
    most = max(rates.values(), default=1.0)
    lines = [f"{tool:{wide}}  {bar(rate / most)} {figure(rate)}" for tool, rate in rates.items()]
    return "\n".join(["```text", *lines, "```"])


def bar(share: float) -> str:
    """
    A bar in eighths of a character; what is not nothing shows.

    >>> len(bar(1.0)), bar(0.5 / 48), bar(0.0001)
    (48, '▌', '▏')
    """
    eighths = max(1, round(share * _WIDTH * 8))
    return "█" * (eighths // 8) + ("", *"▏▎▍▌▋▊▉")[eighths % 8]


def _ours(rows: Sequence[Sample]) -> str:
    return FAST if done(rows, FAST) else "dedupe"


def _summary(rows: Sequence[Sample]) -> str:
    """How far we are from the floor, and the others from us, as a sentence or two."""
    ours = _ours(rows)
    above = ratios(rows, ours, _FLOOR)
    others = {tool: ratios(rows, tool, ours) for tool in _walls(rows) if not tool.startswith((_FLOOR, "dedupe"))}
    said = [f"`{ours}` takes {figure(above.middle)} times as long as the floor."] if above else []
    told = [f"{tool} {figure(times.middle)}" for tool, times in others.items() if times]
    return " ".join([*said, f"The others, relative to that: {', '.join(told)}."] if told else said)


def speed_table(rows: Sequence[Sample]) -> str:
    """A line for each tool, with how many times our time it takes, round by round."""
    does = {one.name: one.does for one in CONTESTANTS}
    lines = [
        f"| | does | seconds (least - most) | MB/s | CPU s | peak MB | copies found | times {_ours(rows)} | runs |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for tool, wall in _walls(rows).items():
        ended = done(rows, tool)
        cells = [
            tool,
            does.get(tool, ""),
            shown(wall),
            figure(rows[0].bytes / 1e6 / wall.middle),
            figure(Spread.of(row.cost.cpu for row in ended).middle),
            figure(Spread.of(row.cost.peak / 1e6 for row in ended).middle),
            _found(ended[0]),
            shown(ratios(rows, tool, _ours(rows))),
            str(len(ended)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    failed = {row.tool for row in rows} - set(_walls(rows))
    return "\n".join([*lines, *(f"| {tool} | failed | | | | | | | |" for tool in sorted(failed))])


def _found(row: Sample) -> str:
    """What it found, with what it dropped besides; nothing for the floor, which looks for nothing."""
    verdict = row.verdict
    if row.tool.startswith(_FLOOR) or verdict is None or not verdict.copies:
        return ""
    others = f"{verdict.others} other document{'s'[: verdict.others != 1]} dropped" if verdict.others else ""
    lost = f"{verdict.lost} lost with all their copies" if verdict.lost else ""
    return ", ".join(filter(None, [f"{100 * verdict.found / verdict.copies:.1f} %", others, lost]))


def shown(spread: Spread | None) -> str:
    """The median, with the least and the most; nothing where nothing was measured."""
    return "" if spread is None else f"{figure(spread.middle)} ({figure(spread.least)} - {figure(spread.most)})"


def figure(value: float) -> str:
    """
    Two digits that mean something, or all before the point.

    >>> [figure(value) for value in (0.0123, 0.4, 7.89, 45.6, 1234.5)]
    ['0.012', '0.40', '7.9', '46', '1,234']
    """
    if value >= 9.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.995 else f"{value:.2f}" if value >= 0.0995 else f"{value:.3f}"


def growth_table(corpus: str, rows: Sequence[Sample]) -> str:
    """A line for each size, with time and memory by those of the smallest."""
    time = "us/document (least - most) | relative to the first"
    memory = f"peak MB | relative to the first, less {PER_DOCUMENT} B a document"
    lines = [
        f"| {_named(corpus)}, {rows[0].tool} | documents | {time} | {memory} | runs |",
        "|---|---|---|---|---|---|---|",
    ]
    first: list[float] = []
    for size in sorted({row.documents for row in rows}):
        ended = [row for row in done(rows, rows[0].tool) if row.documents == size]
        if not ended:
            lines.append(f"| | {size:,} | failed | | | | |")
            continue
        taken = Spread.of(1e6 * row.cost.wall / size for row in ended)
        peak = Spread.of(row.cost.peak for row in ended).middle
        left = peak - PER_DOCUMENT * size
        first = first or [taken.middle, left]
        time = f"{shown(taken)} | {taken.middle / first[0]:.2f}"
        memory = f"{figure(peak / 1e6)} | {left / first[1]:.2f}"
        lines.append(f"| {figure(ended[0].bytes / 1e6)} MB | {size:,} | {time} | {memory} | {len(ended)} |")
    return "\n".join(lines)


def _million(corpus: str, rows: Sequence[Sample]) -> str:
    """The last run, as a sentence."""
    row = rows[-1]
    told = (
        f"{row.documents:,} short documents ({_named(corpus)}, {row.bytes / 1e6:,.0f} MB, three in ten planted copies)"
    )
    if row.cost.code:
        return f"{told}: failed."
    rate, peak = row.documents / row.cost.wall, row.cost.peak / 1e9
    figures = f"{row.cost.wall:,.0f} s, {rate:,.0f} documents/s, {peak:.2f} GB peak"
    return f"{told}: {figures}; copies found: {_found(row)}."


def _startup(rows: Sequence[Sample]) -> str:
    """Medians, as a sentence."""
    medians = {tool: Spread.of(row.cost.wall for row in done(rows, tool)).middle for tool in _walls(rows)}
    if not medians:
        return "Start-up: failed."
    told = ", ".join(f"{tool} {seconds:.2f} s" for tool, seconds in medians.items())
    return f"Start-up, whole process: {told} (medians of {len(rows) // len(medians)} runs)."


def _conditions(machines: Sequence[Machine], samples: Sequence[Sample]) -> str:
    """Where and with what the sessions that are told were measured, each once."""
    told = {
        row.session
        for case in dict.fromkeys(row.case for row in samples)
        for rows in latest(samples, case).values()
        for row in rows
    }
    shown_ = [at for at in machines if at.session in told]
    alike = {(at.hardware, at.software, at.workers): at for at in shown_}
    lines = [
        f"Measured {at.session[:10]} on {at.hardware}; {at.software}; {at.workers} processes." for at in alike.values()
    ]
    peers = next((at.peers for at in reversed(shown_) if at.peers), "")
    return " ".join([*lines, f"Others: {peers}."] if peers else lines)
