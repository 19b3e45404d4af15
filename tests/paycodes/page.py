"""Betaalcodes as a test reads it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from httpx import AsyncClient, Response
from lxml import html
from lxml.html import HtmlElement

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass(frozen=True)
class Shown:
    answer: Response
    root: HtmlElement

    @property
    def count_line(self) -> str:
        return self.texts("//*[@id='aantal']")[0]

    @property
    def rows(self) -> list[list[str]]:
        """Per row its cells as they are read."""
        return [[read(cell) for cell in row.xpath("./th|./td")] for row in self.root.xpath("//tbody/tr")]

    @property
    def codes(self) -> list[str]:
        """Without dashes."""
        return [code.replace("-", "") for code in self.texts("//tbody//*[@class='code']")]

    @property
    def statuses(self) -> list[str]:
        return list(self.root.xpath("//tbody/tr/@data-status"))

    @property
    def tiles(self) -> dict[str, int]:
        return {
            read(tile).split(" ", 1)[1]: int(tile.findtext("strong"))
            for tile in self.root.xpath("//*[@class='tiles']//a")
        }

    @property
    def bars(self) -> dict[str, list[str]]:
        """Batch → what its bar says."""
        bars = self.root.xpath("//*[@class='batches']/ul/li")
        return {read(bar.find("p/a")): [read(part) for part in bar.xpath(".//ul/li")] for bar in bars}

    @property
    def problems(self) -> list[str]:
        return self.texts("//*[@id='fouten']//li")

    def texts(self, xpath: str) -> list[str]:
        return [read(each) for each in self.root.xpath(xpath)]


def read(element: HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


async def show(client: AsyncClient, path: str = "/betaalcodes", **query: object) -> Shown:
    answer = await client.get(f"{path}?{urlencode(query)}" if query else path)
    return Shown(answer, html.fromstring(answer.content))
