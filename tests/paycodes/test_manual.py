"""Betaalcodes as the manual shows it."""

from typing import Any

from tests.paycodes.page import show
from tests.sessions import client_of

HEADS = [
    "Betaalcode",
    "Organisatie",
    "Contactpersoon",
    "Referentie",
    "Aangemaakt",
    "Gebruikt",
    "Gebruikt door",
    "Status",
]
CODES = {
    "EXZA-8F5E-XG5W-U22J",
    "E2ZA-8HG6-PH5W-SUSJ",
    "D8ZA-8EFH-SP5W-U3TG",
    "45ZA-8GU2-C25W-TG6Z",
    "DHZA-8WJ2-7Z5W-SD5C",
}


async def test_the_example_of_the_manual(application: Any, demo_readonly: None) -> None:
    async with await client_of(application, "vera.meijer") as vera:
        page = await show(vera)

    assert page.answer.status_code == 200
    assert page.count_line == "5 resultaten - Toon 1 - 5"
    assert page.texts("//thead//th") == HEADS
    assert {row[0].split(" ")[0] for row in page.rows} == CODES
    for row in page.rows:
        assert row[0].endswith(" Vakmanschap CO")
        assert row[1].startswith("Vakmanschap Techniek ")
        assert row[3] == "Test"
        assert row[4] == "22-04-2022 10:49 Batch #3K2R1S"


async def test_labels_of_the_form_stand_in_the_manuals_order(application: Any, demo_readonly: None) -> None:
    async with (
        await client_of(application, "vera.meijer") as vera,
        await client_of(application, "bram.devries") as bram,
    ):
        one, two = await show(vera), await show(bram)

    labels = ["Trefwoorden", "Profiel", "Aangemaakt vanaf", "Aangemaakt tot"]
    assert one.texts("//*[@id='filter']//label") == labels
    assert one.texts("//*[@id='filter']//button") == ["Filter"]
    assert two.texts("//*[@id='filter']//label") == [labels[0], "Organisatie", *labels[1:]]
