"""Lists in a large world: `schaal.klein` has a hundred enrolments in every world, `schaal.groot` a twentieth of all."""

from collections.abc import Mapping
from statistics import median

from httpx import Client

from tests.benchmarks.pages import FRAGMENT, WHOLE, milliseconds
from tests.benchmarks.shipped import SMALL, Bench, Figure, Portal, at_most

ROUNDS = 101
SEARCHES = {
    "first page": "trefwoorden=jansen",
    "last page": "trefwoorden=jansen&pagina=999999",
    "nothing found": "trefwoorden=bestaatniet",
}
SEARCH_MS = {"sqlite": 40.0, "postgres": 25.0}


def figures(bench: Bench) -> list[Figure]:
    with bench.portal() as many:
        with bench.portal(SMALL) as few:
            found = [same_organisation(bench, few, many)]
        with many.client("schaal.groot") as client:
            return found + large_organisation(bench, client)


def same_organisation(bench: Bench, few: Portal, many: Portal) -> Figure:
    with few.client("schaal.klein") as there, many.client("schaal.klein") as here:
        small, large = in_turn({"small": (there, "/overzicht"), "large": (here, "/overzicht")}).values()
    return at_most(
        f"The same organisation's page in {bench.size:,} enrolments, times that in {SMALL:,}",
        1.2,
        large / small,
        note=f"{large:.1f} ms, {small:.1f} ms",
    )


def large_organisation(bench: Bench, client: Client) -> list[Figure]:
    own = f"{bench.size // 20:,}"
    ends = in_turn({"first": (client, "/overzicht"), "last": (client, "/overzicht?pagina=999999")})
    sought = in_turn({name: (client, f"/overzicht?{query}") for name, query in SEARCHES.items()})
    heads = in_turn({"heads": (client, "/overzicht?route=co")}, WHOLE)
    both = in_turn({name: (client, f"/overzicht?route=co&{query}") for name, query in SEARCHES.items()}, WHOLE)
    return [
        at_most(
            f"Last page of {own}, times the first",
            2,
            ends["last"] / ends["first"],
            note=f"{ends['last']:.1f} ms, {ends['first']:.1f} ms",
        ),
        at_most(
            f"Search, rows and count, in {own} of {bench.size:,}: the slowest",
            SEARCH_MS[bench.database],
            *slowest(sought),
        ),
        at_most(f"Page of {own} with tabs, tiles and heads", 60, heads["heads"], " ms"),
        at_most("The same with a search: the slowest", 120, *slowest(both)),
    ]


def slowest(times: Mapping[str, float]) -> tuple[float, str, str]:
    name = max(times, key=lambda name: times[name])
    return times[name], " ms", name


def in_turn(asked: Mapping[str, tuple[Client, str]], headers: Mapping[str, str] = FRAGMENT) -> dict[str, float]:
    """The median of each, in milliseconds as the client sees them, one request after the other: whatever the machine
    does besides, it does to all."""
    rounds = [{name: milliseconds(*each, headers) for name, each in asked.items()} for _ in range(ROUNDS)]
    return {name: median(each[name] for each in rounds) for name in asked}
