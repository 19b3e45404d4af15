"""The whole site on one screen."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.static_files import create_static_files_router

from app import logs
from app.account.controller import ProfileController, SignInController
from app.candidates.controller import EnrolmentController, OverviewController
from app.downloads.controller import DownloadController
from app.downloads.delivery import NotDelivered, show_not_delivered, workbooks
from app.enrolment.controller import EnrolledController
from app.errors import show_error
from app.headers import add_headers
from app.organisations.controller import AdministrationController
from app.pages import STATIC, go
from app.paycodes.controller import PaycodeController
from app.piccolo_conf import DB
from app.security import (
    Audience,
    PortalRequest,
    SessionMiddleware,
    provide_access,
    require_declarations,
)
from app.support import SupportController

BODY_LIMIT = 64 * 1024


@get("/", opt={"access": Audience.SIGNED_IN})
async def home(request: PortalRequest) -> Response[str]:
    return go(request, request.viewer.home)


@get("/gezond", opt={"access": Audience.STATIC}, sync_to_thread=False)
def alive() -> str:
    return "gezond"


async def require_file_name(request: Request[Any, Any, Any]) -> None:
    """What cannot be the name of a file of ours is not there; some names make the file system fail."""
    if not re.fullmatch(r"/static/[\w./-]{1,100}", request.scope["path"], re.A):
        raise NotFoundException


@asynccontextmanager
async def database(_: Litestar) -> AsyncIterator[None]:
    await DB.start_connection_pool()
    try:
        yield
    finally:
        await DB.close_connection_pool()


def create_app() -> Litestar:
    logs.configure()
    errors: dict[int | type[Exception], Any] = {
        NotDelivered: show_not_delivered,
        HTTPException: show_error,
        Exception: show_error,
    }
    return Litestar(
        route_handlers=[
            home,
            alive,
            SignInController,
            ProfileController,
            OverviewController,
            EnrolmentController,
            PaycodeController,
            EnrolledController,
            AdministrationController,
            DownloadController,
            SupportController,
            create_static_files_router(
                path="/static",
                directories=[STATIC],
                cache_control=CacheControlHeader(public=True, max_age=31_536_000, immutable=True),
                opt={"access": Audience.STATIC},
                before_request=require_file_name,
            ),
        ],
        request_class=PortalRequest,
        middleware=[SessionMiddleware()],
        dependencies={"access": Provide(provide_access)},
        exception_handlers=errors,
        before_send=[add_headers],
        lifespan=[database, workbooks],
        on_startup=[require_declarations],
        compression_config=CompressionConfig(
            backend="brotli", brotli_quality=4, minimum_size=500, exclude_opt_key="already_compressed"
        ),
        request_max_body_size=BODY_LIMIT,
        openapi_config=None,
        logging_config=None,
    )
