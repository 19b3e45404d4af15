"""The portal's own script makes no markup of text, runs no text, keeps nothing and talks to nobody else."""

import re

import pytest

from app.pages import STATIC

# Without what is said about it.
SOURCE = re.sub(r"//.*", "", (STATIC / "app.js").read_text())
FORBIDDEN = [
    *("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment", "srcdoc"),
    *("eval", "Function", 'setAttribute("on', "javascript:"),
    *("localStorage", "sessionStorage", "indexedDB", "document.cookie", "serviceWorker", "caches"),
    *("postMessage", "fetch", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "import("),
    *("__proto__", "paste"),
]


def uses(source: str) -> list[str]:
    return [each for each in FORBIDDEN if re.search(rf"(?<![\w]){re.escape(each)}", source)]


def test_the_script_makes_no_markup_and_keeps_nothing() -> None:
    assert uses(SOURCE) == []


@pytest.mark.parametrize("each", FORBIDDEN)
def test_each_would_be_heard(each: str) -> None:
    assert each in uses(f"{SOURCE}\nx = {each}('y');")
