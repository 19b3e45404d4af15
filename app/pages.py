"""What goes back: a whole page for a browser, the region that changed for htmx."""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from litestar import MediaType, Response
from litestar.datastructures import Cookie
from markupsafe import Markup, escape

from app.clock import local
from app.cookies import cookie, visitor_cookie
from app.forgery import CSRF_FIELD, CSRF_HEADER
from app.once import FIELD, form_key
from app.security import PortalRequest
from app.settings import get_settings
from app.tables import Role

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "static"

# The regions that htmx swaps, in the order in which a template is asked for them.
REGIONS = ("dialoog", "resultaten", "inhoud")
# What goes along: the numbers, the line that is read out, and a message, which takes the place of the one before.
BESIDE = {"stand": "outerHTML", "status": "textContent", "meldingen": "innerHTML"}


def is_fragment(request: PortalRequest) -> bool:
    """Whether htmx asks for a region, not for a page that it restores or boosts."""
    headers = request.headers
    return (
        headers.get("hx-request") == "true"
        and headers.get("hx-request-type", "partial") == "partial"
        and headers.get("hx-boosted") != "true"
        and headers.get("hx-history-restore-request") != "true"
    )


def page(
    request: PortalRequest,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response[str]:
    """`template` rendered whole, or for htmx the first of `REGIONS` that it (or what it extends) defines, with what
    else changes on the page (`BESIDE`) where that is defined."""
    view = {"request": request, "viewer": request.user, **context}
    source = environment.get_template(template)
    html = _fragment(source, view) if is_fragment(request) else source.render(view)
    return Response(
        html.encode("utf-8", "replace").decode(),  # what was typed may hold half a sign
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Vary": "HX-Request, HX-Request-Type", **(headers or {})},
        cookies=_visitor_cookie(request),
    )


def go(request: PortalRequest, url: str, cookies: list[Cookie] | None = None) -> Response[str]:
    """On to another page: a redirect for a browser, a header for htmx, which would follow a redirect
    by itself and put that page into a region of this one."""
    if is_fragment(request):
        return Response("", status_code=200, headers={"HX-Redirect": url}, cookies=cookies)
    return Response("", status_code=303, headers={"Location": url}, cookies=cookies)


def _fragment(template: Template, view: dict[str, Any]) -> str:
    context = template.new_context({**view, "fragment": True})
    # Up to its first words a template sets what its blocks use, and finds the blocks of what it extends.
    next(template.root_render_func(context), None)
    blocks = {name: found[0] for name, found in context.blocks.items()}
    region = next(name for name in REGIONS if name in blocks)
    parts = []
    if region != "dialoog":
        title = "".join(blocks["titel"](context)) if "titel" in blocks else ""
        parts.append(f"<title>{title} - Evenementenportaal</title>")
    parts += blocks[region](context)
    for name, swap in BESIDE.items():
        inner = "".join(blocks[name](context)).strip() if name in blocks else ""
        if inner:
            parts.append(f'<hx-partial hx-target="#{name}" hx-swap="{swap}">{inner}</hx-partial>')
    return "".join(parts)


def _visitor_cookie(request: PortalRequest) -> list[Cookie]:
    """A visitor who was shown a form gets the cookie that its token is bound to. It lasts as long as the
    browser: a sign-in page that was left open overnight still works."""
    if request.user or "csrf_seed" not in vars(request) or request.cookies.get(visitor_cookie()):
        return []
    return [cookie(visitor_cookie(), request.csrf_seed)]


# What templates can call, or pass through


@cache
def asset(name: str) -> str:
    """The address of a static file, with its content in it: browsers keep it for a year."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def icon(name: str) -> Markup:
    """From the sprite; it is decoration, and the words stand beside it."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>').format(asset("icons.svg"), name)


def qr_code(text: str) -> Markup:
    """Drawn with attributes alone: the pages allow no other style. What it says stands beside it in words."""
    drawn = segno.make_qr(text).svg_inline(omitsize=True, svgclass=None, lineclass=None)
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704 - it is but a drawing


@lru_cache(maxsize=8192)
def day(value: date | datetime | None) -> str:
    """`dd-mm-jjjj`, in Amsterdam."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = local(value).date()
    return f"{value.day:02}-{value.month:02}-{value.year}"


@lru_cache(maxsize=8192)
def moment(value: datetime | None) -> str:
    """`dd-mm-jjjj uu:mm`, in Amsterdam."""
    return f"{day(value)} {local(value):%H:%M}" if value else ""


def live_href(href: str) -> Markup:
    """Attributes of a link that htmx fetches from that same address: `<a {{ tab.href|live_href }}>`."""
    return Markup(f'href="{escape(href)}" data-live')  # noqa: S704 - escaped


def remembered(template: str, macro: str) -> Callable[..., Markup]:
    """A macro as a filter. It is imported without context and so shows nothing but its arguments (which have to be
    hashable): what it made of the same ones before is used again."""

    @lru_cache(maxsize=8192)
    def made(*arguments: Hashable) -> Markup:
        return Markup(getattr(environment.get_template(template).module, macro)(*arguments))  # noqa: S704 - it escaped

    return made


def csrf_field(request: PortalRequest) -> Markup:
    """The hidden field that every form which changes something carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, request.csrf_token())


def once_field() -> Markup:
    """The hidden field by which a form that is sent twice counts once."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, form_key())


environment = Environment(
    loader=FileSystemLoader(ROOT / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
# The sections of Beheer, in the order in which an administrator meets them.
SECTIONS = (
    ("/beheer", "Start"),
    ("/beheer/kandidaten", "Kandidaten"),
    ("/beheer/organisaties", "Organisaties"),
    ("/beheer/batches", "Batches"),
    ("/beheer/uitslagen", "Uitslagen"),
    ("/beheer/gebruikers", "Gebruikers"),
    ("/beheer/routes", "Routes"),
    ("/beheer/berichten", "Berichten"),
    ("/beheer/api-sleutels", "API-sleutels"),
    ("/beheer/logboek", "Logboek"),
    ("/beheer/gegevens", "Gegevens"),
)
environment.globals |= {
    "SECTIONS": SECTIONS,
    "csrf_field": csrf_field,
    "once_field": once_field,
    "csrf_header": CSRF_HEADER,
    "Role": Role,
    "settings": get_settings,
    "fragment": False,
}
# Of a name that is written in the template, Jinja works out a filter once, when it compiles that.
environment.filters |= {
    "asset": asset,
    "day": day,
    "icon": icon,
    "live_href": live_href,
    "moment": moment,
    "status": remembered("macros/parts.html", "status"),
    "step_cell": remembered("macros/step.html", "step_cell"),
    "step_item": remembered("macros/step.html", "step_item"),
}
