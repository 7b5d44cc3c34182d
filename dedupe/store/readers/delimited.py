"""
Rows of .csv and .tsv files: where each ends, and what its cells are.

Python's csv module is not used: its limit on cell length is a process-wide setting, and an unclosed
quote turns the whole rest of a file into one cell. Here only that row fails. Rows are split as bytes,
so that workers can decode them; no East Asian encoding uses a comma, a semicolon, a tab or a quote as
part of a multibyte character.
"""

from __future__ import annotations

import re
from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from dedupe.errors import ReadError
from dedupe.store.readers.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_LINES: Final = 100_000  # in one row: longer cells come from a quote that was never closed
_CLOSE: Final = re.compile(rb'(?:[^"]++|"")*+"')
_QUOTED: Final = re.compile(rb'"[^"]*"?')
_CELL_END: Final = re.compile(r'(?:[^"]++|"")*+"')


def split_rows(lines: Iterator[Line], *, limit: int, tab: bool) -> Iterator[Line]:
    r"""
    Yield the rows that are not blank, the header first; ``number`` is the line on which a row begins.

    >>> text = [b'id,text', b'1,"a, b', b'', b'c"', b'2,"open', b'3,d']
    >>> for row in split_rows((Line(n, t) for n, t in enumerate(text, 1)), limit=99, tab=False):
    ...     print(row)
    Line(number=1, data=b'id,text', error=None)
    Line(number=2, data=b'1,"a, b\n\nc"', error=None)
    Line(number=5, data=b'', error='line 5: a quote opens here and is never closed')
    Line(number=6, data=b'3,d', error=None)
    """
    delimiter = b"\t" if tab else b""
    held: list[Line] = []  # the lines of a row whose quote is open
    size = columns = 0
    again: deque[Line] = deque()
    while True:
        line = again.popleft() if again else next(lines, None)
        if held and (
            line is None
            or line.error
            or size + len(line.data) > limit
            or len(held) == _MAX_LINES
            or _is_the_next_row(line.data, delimiter, columns)
        ):
            # Only the row that opened the quote fails; the lines after it are treated as rows again.
            again.extendleft(reversed([*held[1:], *([line] if line else [])]))
            yield Line(held[0].number, b"", f"line {held[0].number}: a quote opens here and is never closed")
            held, size = [], 0
            continue
        if line is None:
            return
        if line.error:
            yield line
            continue
        delimiter = delimiter or delimiter_of(line.data)
        held.append(line)
        size += len(line.data) + 1
        if not _is_open(line.data, delimiter, quoted=len(held) > 1):
            row = b"\n".join(one.data for one in held)
            columns = columns or len(cells(row.decode("latin-1"), delimiter.decode()))
            if not row.isspace() and row:
                yield Line(held[0].number, row)
            held, size = [], 0


class Width:
    """Checks that a table's header is a line of its own: if its line end is lost, the first row becomes part of it."""

    def __init__(self, *, tab: bool) -> None:
        self._delimiter = "\t" if tab else ""
        self._named = self._most = 0

    def header(self, columns: bytes) -> None:
        """Count the header's names, ignoring empty ones at its end."""
        self._delimiter = self._delimiter or delimiter_of(columns).decode()
        names = cells(columns.decode("latin-1"), self._delimiter)
        self._named = max((at for at, name in enumerate(names, 1) if name.strip()), default=0)

    def row(self, data: bytes) -> None:
        """Count the row's cells, unless an earlier row, usually the first, had as many as the header."""
        if self._most < self._named:
            self._most = max(self._most, len(cells(data.decode("latin-1"), self._delimiter)))

    def doubt(self, columns: bytes) -> str | None:
        """After the last row, say what is wrong with the header, if anything."""
        if not self._most:
            if b"\r" not in columns.rstrip():
                return None
            # old Excel: the whole file looks like a header
            return (
                "line 1: is the only line, because lines end in a carriage return alone; convert the file's line ends"
            )
        if self._most < self._named:
            return (
                f"line 1: names {self._named} columns, and no row has more than {self._most}; has it lost its line end?"
            )
        return None


def delimiter_of(header: bytes) -> bytes:
    """Return the sign that separates most cells of a header: a comma, semicolon (Excel in Europe) or tab."""
    bare = _QUOTED.sub(b"", header)
    return max(b",", b";", b"\t", key=bare.count)


def _is_open(line: bytes, delimiter: bytes, *, quoted: bool) -> bool:
    """Whether a quote is open at the line's end, given whether one is at its beginning."""
    if not quoted and b'"' not in line:
        return False
    at = 0
    while at >= 0:
        if quoted or line.startswith(b'"', at):
            end = _CLOSE.match(line, at + (not quoted))
            if end is None:
                return True
            at = end.end()
        quoted = False
        at = line.find(delimiter, at)
        at += at >= 0
    return False


def _is_the_next_row(line: bytes, delimiter: bytes, columns: int) -> bool:
    """
    Whether a line inside an open quote is a well-formed row of its own rather than the end of the quoted cell.

    >>> [_is_the_next_row(line, b",", 2) for line in (b'3,"c"', b'3,"c', b'c",3', b'he said "yes"', b'"",c')]
    [True, True, False, False, False]
    """
    end = _CLOSE.match(line)
    if end is None or line.startswith((delimiter, b"\r"), end.end()) or end.end() == len(line):
        return False
    at = found = 0
    while at >= 0:
        found += 1
        quote = _CLOSE.match(line, at + 1) if line.startswith(b'"', at) else None
        stop = line.find(delimiter, quote.end() if quote else at)
        rest = line[quote.end() if quote else at : stop if stop >= 0 else len(line)].rstrip(b"\r")
        if quote is None and rest.startswith(b'"'):
            return found <= columns  # its own quote is open
        if rest if quote else b'"' in rest:
            return False
        at = stop + 1 if stop >= 0 else -1
    return found == columns


def parse_row(row: str, header: str, *, tab: bool) -> dict[str, str]:
    """
    Return the cells of a row by the names of their columns; cells missing at the end are left out.

    >>> parse_row('7,"say ""hi"", they said",', "id,text,", tab=False)
    {'id': '7', 'text': 'say "hi", they said', 'column 3': ''}
    """
    delimiter = "\t" if tab else delimiter_of(header.encode("utf-8", "replace")).decode()
    names = _names(header, delimiter)
    found = cells(row, delimiter)
    if len(found) > len(names):
        raise ReadError(f"has {len(found)} cells under {len(names)} columns; is a quote missing?")
    return dict(zip(names, found, strict=False))


def cells(row: str, delimiter: str) -> list[str]:
    """Split a whole row into cells, without their quotes."""
    row = row.removesuffix("\r")
    if '"' not in row:
        return row.split(delimiter)
    found, at = [], 0
    while True:
        end = _CELL_END.match(row, at + 1) if row.startswith('"', at) else None
        stop = row.find(delimiter, end.end() if end else at)
        cell = row[at:] if stop < 0 else row[at:stop]
        if end:  # anything between the closing quote and the next delimiter is kept
            cell = row[at + 1 : end.end() - 1].replace('""', '"') + cell[end.end() - at :]
        found.append(cell)
        if stop < 0:
            return found
        at = stop + len(delimiter)


@lru_cache(maxsize=4)  # one header serves all rows of a file
def _names(header: str, delimiter: str) -> tuple[str, ...]:
    """Return the names of the columns; a nameless or repeated column gets its number."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells(header, delimiter), 1):
        name = cell.strip()
        names[name if name and name not in names else f"{name or 'column'} {number}"] = None
    return tuple(names)
