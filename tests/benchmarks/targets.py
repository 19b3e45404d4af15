"""What the portal must reach by itself, each target beside its figure:
`python -m tests.benchmarks.targets --database sqlite --enrolments 100000 --only excel`."""

from collections.abc import Callable, Collection, Mapping

import click

from tests.benchmarks import bulk, excel, lighthouse, lists, sign_ins, weight
from tests.benchmarks.shipped import SMALL, Bench, Figure, measuring

MEASURES: Mapping[str, Callable[[Bench], list[Figure]]] = {
    "lists": lists.figures,
    "excel": excel.figures,
    "sign-ins": sign_ins.figures,
    "weight": weight.figures,
    "lighthouse": lighthouse.figures,
    "bulk": bulk.figures,
}
"""In this order: what writes comes last."""


@click.command()
@click.option("--database", type=click.Choice(("sqlite", "postgres")), default="sqlite", show_default=True)
@click.option("--enrolments", "size", type=click.IntRange(min=SMALL), default=100_000, show_default=True)
@click.option("--only", multiple=True, type=click.Choice(list(MEASURES)))
@click.option("--seconds", default=5.0, show_default=True, help="Of each run under load.")
@click.option("--duration", default=60.0, show_default=True, help="Seconds of load on the worker that is weighed.")
def main(database: str, size: int, only: tuple[str, ...], seconds: float, duration: float) -> None:
    click.echo(table(figures(database, size, only, seconds=seconds, duration=duration)))


def figures(
    database: str, size: int, only: Collection[str] = (), *, seconds: float = 5.0, duration: float = 60.0
) -> list[Figure]:
    """Of every measure, or of those that are named."""
    found = []
    with measuring(database, size, seconds, duration) as bench:
        for name, measure in MEASURES.items():
            if not only or name in only:
                click.echo(f"{database} {size:,}: {name}", err=True)
                found += measure(bench)
    return found


def table(found: list[Figure]) -> str:
    lines = ["| target | limit | figure | met |", "| --- | --- | --- | --- |"]
    lines += [f"| {each.target} | {each.limit} | {each.figure} | {'yes' if each.met else 'no'} |" for each in found]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
