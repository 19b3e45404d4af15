"""Who may call what is said by every handler, or the portal does not start."""

from typing import Any

import pytest
from litestar import Litestar, get, post

from app.security import Audience, require_declarations


@get("/bare", sync_to_thread=False)
def bare() -> str:
    return ""


@post("/nobody", opt={"access": frozenset()}, sync_to_thread=False)
def nobody() -> str:
    return ""


@get("/misspelt", opt={"access": "public!"}, sync_to_thread=False)
def misspelt() -> str:
    return ""


@get("/declared", opt={"access": Audience.PUBLIC}, sync_to_thread=False)
def declared() -> str:
    return ""


@pytest.mark.parametrize("handler", [bare, nobody, misspelt])
async def test_a_handler_that_does_not_say_stops_the_start(handler: Any) -> None:
    app = Litestar([declared, handler], on_startup=[require_declarations], openapi_config=None)
    with pytest.RaisesGroup(pytest.RaisesExc(TypeError, match="does not declare who may call it")):
        async with app.lifespan():
            pass


async def test_handlers_that_say_start() -> None:
    app = Litestar([declared], on_startup=[require_declarations], openapi_config=None)
    async with app.lifespan():
        pass


async def test_this_much_is_open_to_everyone(application: Any, demo_readonly: None) -> None:
    """Grows only on purpose."""
    open_to_all = {
        (route.path, method)
        for route in application.routes
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]
        for method in getattr(handler, "http_methods", {"GET"}) - {"OPTIONS"}
        if handler.opt.get("access") in {Audience.PUBLIC, Audience.STATIC}
    }
    assert open_to_all >= {("/inloggen", "GET"), ("/inloggen", "POST"), ("/ondersteuning", "GET"), ("/gezond", "GET")}
    assert {path for path, _ in open_to_all} <= {
        "/.well-known/security.txt",
        "/inloggen",
        "/wachtwoord-vergeten",
        "/wachtwoord-herstellen/{token:str}",
        "/inloggen/passkey",
        "/inloggen/passkey/opties",
        "/inloggen/tweede-stap",
        "/inloggen/tweede-stap/herstelcode",
        "/inloggen/tweede-stap/passkey",
        "/inloggen/tweede-stap/passkey/opties",
        "/api/v1/schema",
        "/aanmelden",
        "/aanmelden/herkansing",
        "/aanmelden/{slug:str}",
        "/aanmelden/{slug:str}/ontvangen",
        "/aanmelden/{slug:str}/organisatie",
        "/activeren/{token:str}",
        "/bezwaar/{token:str}",
        "/mijn-gegevens",
        "/mijn-gegevens/{token:str}",
        "/ondersteuning",
        "/gezond",
        "/gereed",
        "/static",
        "/static/{file_path:path}",
    }
