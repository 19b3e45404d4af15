"""Beheer of vakmanschapsroutes and their profiles."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import FromPath

from app.access import Access
from app.once import form_key
from app.pages import go, page
from app.query import row_id
from app.routes.editing import (
    Refused,
    SlugTaken,
    Way,
    delete_profile,
    delete_route,
    make_profile,
    make_route,
    move_profile,
    move_route,
    open_route,
    rename_profile,
    save_route,
)
from app.routes.forms import Form, read_profile, read_route, route_form
from app.routes.plan import KINDS, PURPOSES
from app.routes.queries import count_usage, find_profile, find_route, list_profiles, list_routes
from app.routes.steps import load_plan
from app.security import PortalRequest
from app.tables import Role

NEW = Form(dict.fromkeys(("naam", "label", "slug", "website", "kwaliteitsregeling"), ""))


class RouteController(Controller):
    path = "/beheer/routes"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        moved, deleted = moved_in(request), "verwijderd" in request.query_params
        routes = await list_routes(access)
        return page(request, "routes/index.html", routes=routes, moved=moved, deleted=deleted)

    @get("/nieuw")
    async def ask(self, request: PortalRequest) -> Response[str]:
        return page(request, "routes/edit.html", form=NEW, route=None, fixed=False)

    @post("/nieuw", status_code=303)
    async def make(self, request: PortalRequest) -> Response[str]:
        form = read_route(await request.texts())
        if not form.errors:
            try:
                return go(request, f"/beheer/routes/{await make_route(request, form)}?opgeslagen=1")
            except SlugTaken as taken:
                form = form.refused(slug=str(taken))
        return page(request, "routes/edit.html", status=422, form=form, route=None, fixed=False)

    @get("/{route:str}")
    async def show(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str]
    ) -> Response[str]:
        found = await find_route(access, row_id(route))
        return page(
            request,
            "routes/show.html",
            route=found,
            profiles=await list_profiles(access, found["id"]),
            plan=await load_plan(found["id"]),
            kinds=KINDS,
            purposes=PURPOSES,
            usage=await count_usage(access, found["id"]),
            moved=moved_in(request),
            saved="opgeslagen" in request.query_params,
        )

    @get("/{route:str}/bewerken")
    async def edit(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str]
    ) -> Response[str]:
        found = await find_route(access, row_id(route))
        return await show_route_form(request, access, found, route_form(found))

    @post("/{route:str}/bewerken", status_code=303)
    async def save(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str]
    ) -> Response[str]:
        found = await find_route(access, row_id(route))
        sent = await request.texts()
        if (await count_usage(access, found["id"])).enrolments:
            sent["slug"] = found["slug"]
        form = read_route(sent)
        if not form.errors:
            try:
                await save_route(request, found["id"], form)
                return go(request, f"/beheer/routes/{found['id']}?opgeslagen=1")
            except SlugTaken as taken:
                form = form.refused(slug=str(taken))
        return await show_route_form(request, access, found, form)

    @post("/{route:str}/plaats", status_code=303)
    async def move(self, request: PortalRequest, route: FromPath[str]) -> Response[str]:
        key, sent = row_id(route), await request.texts()
        way = way_of(sent)
        await move_route(request, key, way, form_key(sent))
        return go(request, f"/beheer/routes?verplaatst={key}&richting={way}")

    @post("/{route:str}/aanmelding", status_code=303)
    async def open(self, request: PortalRequest, route: FromPath[str]) -> Response[str]:
        key = row_id(route)
        await open_route(request, key, (await request.texts()).get("open") == "1")
        return go(request, f"/beheer/routes/{key}?opgeslagen=1")

    @get("/{route:str}/verwijderen")
    async def ask_delete(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str]
    ) -> Response[str]:
        return await ask_about_route(request, access, row_id(route))

    @post("/{route:str}/verwijderen", status_code=303)
    async def delete(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str]
    ) -> Response[str]:
        try:
            await delete_route(request, row_id(route))
        except Refused as refusal:
            return await ask_about_route(request, access, row_id(route), str(refusal))
        return go(request, "/beheer/routes?verwijderd=1")


class RouteProfileController(Controller):
    path = "/beheer/routes/{route:str}/profielen"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get("/nieuw")
    async def ask(self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str]) -> Response[str]:
        found = await find_route(access, row_id(route))
        return page(request, "routes/profile.html", route=found, profile=None, form=Form({"naam": ""}))

    @post("/nieuw", status_code=303)
    async def make(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str]
    ) -> Response[str]:
        found = await find_route(access, row_id(route))
        sent = await request.texts()
        form = read_profile(sent)
        if form.errors:
            return page(request, "routes/profile.html", status=422, route=found, profile=None, form=form)
        await make_profile(request, found["id"], form, form_key(sent))
        return go(request, f"/beheer/routes/{found['id']}?opgeslagen=1#profielen")

    @get("/{profile:str}/bewerken")
    async def edit(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str], profile: FromPath[str]
    ) -> Response[str]:
        found, own = await self._find(access, route, profile)
        return page(request, "routes/profile.html", route=found, profile=own, form=Form({"naam": own["name"]}))

    @post("/{profile:str}/bewerken", status_code=303)
    async def save(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str], profile: FromPath[str]
    ) -> Response[str]:
        found, own = await self._find(access, route, profile)
        form = read_profile(await request.texts())
        if form.errors:
            return page(request, "routes/profile.html", status=422, route=found, profile=own, form=form)
        await rename_profile(request, found["id"], own["id"], form)
        return go(request, f"/beheer/routes/{found['id']}?opgeslagen=1#profielen")

    @post("/{profile:str}/plaats", status_code=303)
    async def move(self, request: PortalRequest, route: FromPath[str], profile: FromPath[str]) -> Response[str]:
        key, sent = row_id(profile), await request.texts()
        way = way_of(sent)
        await move_profile(request, row_id(route), key, way, form_key(sent))
        return go(request, f"/beheer/routes/{row_id(route)}?profiel={key}&richting={way}")

    @get("/{profile:str}/verwijderen")
    async def ask_delete(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str], profile: FromPath[str]
    ) -> Response[str]:
        return ask_about_profile(request, *await self._find(access, route, profile))

    @post("/{profile:str}/verwijderen", status_code=303)
    async def delete(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str], profile: FromPath[str]
    ) -> Response[str]:
        found, own = await self._find(access, route, profile)
        try:
            await delete_profile(request, found["id"], own["id"])
        except Refused as refusal:
            return ask_about_profile(request, found, own, str(refusal))
        return go(request, f"/beheer/routes/{found['id']}?opgeslagen=1#profielen")

    @staticmethod
    async def _find(access: Access, route: str, profile: str) -> tuple[dict[str, Any], dict[str, Any]]:
        found = await find_route(access, row_id(route))
        return found, await find_profile(access, found["id"], row_id(profile))


async def show_route_form(request: PortalRequest, access: Access, route: dict[str, Any], form: Form) -> Response[str]:
    """Its name in addresses is fixed once somebody enrolled: bookmarks and other systems rely on it."""
    fixed = bool((await count_usage(access, route["id"])).enrolments)
    status = 422 if form.errors else 200
    return page(request, "routes/edit.html", status=status, form=form, route=route, fixed=fixed)


async def ask_about_route(request: PortalRequest, access: Access, key: int, refusal: str = "") -> Response[str]:
    route = await find_route(access, key)
    usage = await count_usage(access, key)
    if not refusal and not usage.is_none:
        refusal = (
            "Deze route is in gebruik en blijft daarom bestaan. U kunt wel de aanmelding sluiten, zodat niemand zich "
            "er nog voor aanmeldt."
        )
    return page(
        request,
        "routes/delete.html",
        status=422 if request.method == "POST" else 200,
        title=f"{route['name']} verwijderen",
        question=f"Wilt u de route {route['name']} verwijderen?",
        text="De profielen en stappen van de route gaan mee. Dit kan niet ongedaan worden gemaakt.",
        action=f"/beheer/routes/{key}/verwijderen",
        back=f"/beheer/routes/{key}",
        refusal=refusal,
    )


def ask_about_profile(
    request: PortalRequest, route: Mapping[str, Any], profile: Mapping[str, Any], refusal: str = ""
) -> Response[str]:
    return page(
        request,
        "routes/delete.html",
        status=422 if refusal else 200,
        title=f"{profile['name']} verwijderen",
        question=f"Wilt u het profiel {profile['name']} verwijderen?",
        text=f"Het is dan niet meer te kiezen bij {route['name']}.",
        action=f"/beheer/routes/{route['id']}/profielen/{profile['id']}/verwijderen",
        back=f"/beheer/routes/{route['id']}#profielen",
        refusal=refusal,
    )


def way_of(sent: Mapping[str, str]) -> Way:
    try:
        return Way(sent.get("richting", ""))
    except ValueError as error:
        raise ClientException from error


def moved_in(request: PortalRequest) -> dict[str, str]:
    """Which row was just moved, and which way: its button keeps the focus."""
    return {name: request.query_params.get(name, "") for name in ("verplaatst", "profiel", "stap", "richting")}
