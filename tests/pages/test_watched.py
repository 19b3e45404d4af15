"""What the watch on every page of every browser test hears: it stays silent elsewhere because there is nothing."""

import pytest
from playwright.sync_api import expect

from tests.browser import PageAs

WRONG = {
    "a script within the page": "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))",
    "a style within the page": "document.body.setAttribute('style', 'color: red')",
    "text that is run": "setTimeout(() => eval('1'))",
    "a script from elsewhere": (
        "document.body.append(Object.assign(document.createElement('script'), {src: 'https://example.org/x.js'}))"
    ),
    "a picture from elsewhere": "document.body.append(Object.assign(new Image(), {src: 'https://example.org/x.png'}))",
    "an error of a script": "setTimeout(() => { throw new Error('planted') })",
}


@pytest.mark.parametrize("what", WRONG)
def test_what_a_page_does_wrong_is_heard(page_as: PageAs, complaints: list[str], what: str) -> None:
    page = page_as("anna.smit")
    page.goto("/profiel")
    expect(page.locator("h1")).to_be_visible()
    assert complaints == []
    page.evaluate(f"() => {{ {WRONG[what]} }}")
    page.wait_for_timeout(300)
    assert complaints
    complaints.clear()
