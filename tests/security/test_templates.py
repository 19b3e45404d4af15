"""Text becomes markup nowhere: templates escape by themselves, know what they were given, and trust nothing."""

import re
from pathlib import Path

import pytest
from jinja2 import StrictUndefined, UndefinedError

from app.pages import ROOT, environment

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TRUSTING = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\b|Markup\(")
SCRIPTED = re.compile(
    r"<script(?![^>]*\bsrc=)|\son(?:click|error|load|submit|change|input|focus|key)\w*=|javascript:|\sstyle="
)


def test_everything_is_escaped_and_what_is_missing_fails() -> None:
    assert environment.autoescape is True
    assert environment.undefined is StrictUndefined
    said = environment.from_string("{{ text }}<a title='{{ text }}'>").render(text="<script>'\"")
    assert said == "&lt;script&gt;&#39;&#34;<a title='&lt;script&gt;&#39;&#34;'>"
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nothing }}").render()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_trusts_what_it_shows(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert not TRUSTING.findall(source)
    assert (
        not re.findall(
            r"<script(?![^>]*\bsrc=)|\son(?:click|error|load|submit|change|input|focus|blur|key\w+|mouse\w+)=|javascript:|\sstyle=",
            source,
        )
        or "mail" in template.parts
    )


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 60
