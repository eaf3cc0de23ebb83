"""All measurements as tables: `make bench`, or `make bench ARGS=--quick` for a first look."""

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import click

from tests.support import require


@click.command()
@click.option("--quick", is_flag=True, help="Fewer messages and tickets: a minute instead of ten.")
def main(quick: bool) -> None:
    """Runs each measurement in a process of its own and prints tables with the commands behind them."""
    databases = ["sqlite"] + (["postgres"] if require.postgres_bin() else [])
    if len(databases) == 1:
        click.echo("PostgreSQL is not installed: only SQLite is measured.\n")
    messages, grown = (500, 5_000) if quick else (2_000, 50_000)
    sizes = (1_000, 10_000) if quick else (1_000, 100_000)
    _intake(databases, messages, grown)
    _pages(databases, sizes)
    _flood(databases, 1_000 if quick else 10_000)


def _intake(databases: list[str], messages: int, grown: int) -> None:
    click.echo("Intake: stored, handled, answered; one process, one commit a step, everything checked.\n")
    rows: list[tuple[str, ...]] = []
    commands: list[str] = []
    for database in databases:
        limit = _run(commands, "bench.limit", "--database", database, "--messages", str(messages))[0]
        empty: float | None = None
        for tickets in (0, grown):
            options = ("--database", database, "--tickets", str(tickets), "--messages", str(messages))
            result = _run(commands, "bench.intake", *options)[0]
            empty = empty or result["a_second"]
            rows.append(
                (
                    database,
                    f"{result['tickets_before']:,}",
                    f"{result['a_second']:.0f}",
                    f"{result['milliseconds']:.2f}",
                    f"{result['cpu_milliseconds']:.2f}",
                    f"{result['a_second'] / empty:.2f}",
                    f"{result['a_second'] / limit['a_second']:.2f}",
                    f"{result['statements']:.1f}",
                    f"{result['peak_mb']:.0f}",
                )
            )
    head = (
        "database",
        "tickets",
        "messages/s",
        "ms each",
        "CPU ms",
        "of empty",
        "of limit",
        "SQL each",
        "peak MB",
    )
    _table(head, rows, commands)


def _pages(databases: list[str], sizes: Iterable[int]) -> None:
    click.echo("Pages, in milliseconds, in the process of the web server.\n")
    rows: list[tuple[str, ...]] = []
    commands: list[str] = []
    for database in databases:
        for tickets in sizes:
            for page in _run(commands, "bench.pages", "--database", database, "--tickets", str(tickets)):
                rows.append(
                    (
                        database,
                        f"{page['tickets']:,}",
                        page["page"],
                        f"{page['median']:.1f}",
                        f"{page['slowest']:.1f}",
                        str(page["queries"]),
                        f"{page['kilobytes']:.0f}",
                    )
                )
    _table(("database", "tickets", "page", "median", "slowest", "queries", "kB"), rows, commands)


def _flood(databases: list[str], messages: int) -> None:
    click.echo("Everything at once: one worker, and an agent who reloads the queue; milliseconds.\n")
    rows: list[tuple[str, ...]] = []
    commands: list[str] = []
    for database in databases:
        result = _run(commands, "bench.flood", "--database", database, "--messages", str(messages))[0]
        rows.append(
            (
                database,
                f"{result['messages']:,}",
                f"{result['stored_a_second']:.0f}",
                f"{result['handled_a_second']:.0f}",
                str(result["lost"]),
                str(result["doubled"]),
                f"{result['queue_median']:.0f}",
                f"{result['queue_95']:.0f}",
            )
        )
    head = ("database", "messages", "stored/s", "handled/s", "lost", "doubled", "queue", "queue 95 %")
    _table(head, rows, commands)


def _run(commands: list[str], module: str, *options: str) -> list[dict[str, Any]]:
    """One measurement in a fresh process, so that none warms another one up."""
    command = ["python", "-m", module, *options]
    commands.append(" ".join(command))
    click.echo(f"  {commands[-1]} ...", err=True)
    done = subprocess.run([sys.executable, *command[1:]], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{commands[-1]} failed.")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]], commands: list[str]) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        click.echo("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    click.echo("\n" + "\n".join(f"  {command}" for command in commands) + "\n")


if __name__ == "__main__":
    main()
