"""Forms that mail programs, servers and people really use, one a line; "||" stands for a line break."""

from pathlib import Path

HERE = Path(__file__).parent


def lines(name: str, mark: str = "||") -> list[str]:
    """The entries of a file of this folder."""
    text = (HERE / f"{name}.txt").read_text(encoding="utf-8")
    return [line.replace(mark, "\n") for line in text.split("\n") if line]


def letters(name: str) -> list[tuple[list[str], str]]:
    """(fields of the "@@" line, text below it) of each entry of a file of longer texts."""
    text = "\n" + (HERE / f"{name}.txt").read_text(encoding="utf-8")
    found = []
    for entry in text.split("\n@@ ")[1:]:
        head, _, body = entry.partition("\n")
        found.append(([field.strip() for field in head.split(" | ")], body))
    return found
