"""What commands print: UTF-8 whatever the terminal says, one line at a time so that pipes see it at once."""

import json
import sys
from collections.abc import Iterable, Sequence


def put(text: str) -> None:
    """One line on standard output; half characters of a stranger's text become question marks."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def put_json(value: object, *, pretty: bool = False) -> None:
    """One JSON value: on one line, or indented for people."""
    put(json.dumps(value, ensure_ascii=False, indent=2 if pretty else None))


def put_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as their widest cell; the last one as long as it likes."""
    cells = [list(head), *([" ".join(str(cell).split()) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        put("  ".join(padded).rstrip())
