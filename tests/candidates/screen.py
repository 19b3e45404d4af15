"""What somebody sees on Overzicht, read from the markup that CONTRACT.md promises."""

from dataclasses import dataclass

from httpx import Response
from lxml import html


@dataclass(frozen=True)
class Screen:
    count_line: str
    ids: list[int]
    tabs: dict[str, int]
    tiles: dict[str, int]
    heads: dict[str, dict[str, int]]
    """Step → outcome → how many."""
    chips: list[str]

    @property
    def total(self) -> int:
        return int(self.count_line.split()[0])


def read(response: Response) -> Screen:
    page = html.fromstring(response.content.decode())
    return Screen(
        count_line=text(page.xpath("//*[@id='aantal']")[0]),
        ids=[int(row.get("data-id")) for row in page.xpath("//*[@id='resultaten']//tr[@data-id]")],
        tabs=_numbers(page, "//*[@id='stand']//nav//a"),
        tiles=_numbers(page, "//*[@id='stand']//ul[contains(@class, 'tiles')]//a"),
        heads=dict(map(_head, page.xpath("//th[contains(@class, 'step')]"))),
        chips=[text(chip) for chip in page.xpath("//ul[contains(@class, 'chips')]//a[contains(@class, 'chip')]")],
    )


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _numbers(page: html.HtmlElement, links: str) -> dict[str, int]:
    """Label → number, whichever of the two stands first."""
    found = {}
    for link in page.xpath(links):
        words = text(link).split()
        number = next(word for word in words if word.isdigit() and word in (words[0], words[-1]))
        words.remove(number)
        found[" ".join(words)] = int(number)
    return found


def _head(cell: html.HtmlElement) -> tuple[str, dict[str, int]]:
    links = cell.xpath(".//a")
    step = links[0].get("href").split("stap=")[1].split("&")[0]
    return step, {link.get("class"): int(text(link).split()[0]) for link in links[1:]}
