"""The whole site on one screen."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from litestar import Litestar, Request, Response, get
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.static_files import create_static_files_router

from app import logs
from app.account.confirmation import ConfirmationController, Unconfirmed, show_unconfirmed
from app.account.controller import ProfileController, SignInController
from app.account.factors.clearing import clearing
from app.account.factors.controller import AppController, PasskeyController, RecoveryController
from app.account.factors.step_controller import PasskeySignInController, SecondStepController
from app.account.new_address import AddressController
from app.account.reset_controller import ForgottenController, ResetController
from app.api.controller import ApiController, show_schema
from app.api.key_controller import KeyController
from app.api.problems import is_api, show_problem
from app.bodies import BodyDeadline
from app.candidates.administration.controller import CandidateController, LinkController, MergeController
from app.candidates.controller import EnrolmentController, OverviewController
from app.downloads.controller import DownloadController
from app.downloads.delivery import NotDelivered, show_not_delivered, workbooks
from app.enrolment.controller import EnrolledController
from app.enrolment.website.controller import WebsiteController
from app.enrolment.website.objection import ObjectionController
from app.errors import show_error
from app.headers import add_headers
from app.health import alive, health, ready
from app.imports.background import imports
from app.imports.controller import EnrolmentImportController, ResultImportController
from app.log.controller import LogController
from app.mail.controller import MailController
from app.mail.sender import outgoing_mail
from app.metrics import metering, metrics
from app.observed import Observed
from app.organisations.controller import (
    AdministrationController,
    OrganisationController,
    OrganisationMandateController,
)
from app.pages import STATIC, go
from app.paycodes.batches.changes import ChangeController
from app.paycodes.batches.controller import BatchController
from app.paycodes.batches.history import CodeController
from app.paycodes.controller import PaycodeController
from app.people.activation import ActivationController
from app.people.controller import PeopleController
from app.piccolo_conf import DB
from app.results.controller import RenewalController, ResultController
from app.rights.controller import RegisterController
from app.rights.daily import daily
from app.rights.own_controller import OwnPageController
from app.rights.person_controller import CandidateRightsController, UserRightsController
from app.routes.controller import RouteController, RouteProfileController
from app.routes.step_controller import StepController
from app.schema import warning
from app.security import Audience, PortalRequest, SessionMiddleware, provide_access, require_declarations
from app.support import SupportController
from app.throttle import forgetting

BODY_LIMIT = 64 * 1024


@get("/", opt={"access": Audience.SIGNED_IN})
async def home(request: PortalRequest) -> Response[str]:
    return go(request, request.viewer.home)


async def require_file_name(request: Request[Any, Any, Any]) -> None:
    """What cannot be the name of a file of ours is not there; some names make the file system fail."""
    if not re.fullmatch(r"/static/[\w./-]{1,100}", request.scope["path"], re.A):
        raise NotFoundException


@asynccontextmanager
async def database(_: Litestar) -> AsyncIterator[None]:
    await DB.start_connection_pool()
    if warned := await warning():
        structlog.get_logger().warning("no_second_wall", reason=warned)
    try:
        yield
    finally:
        await DB.close_connection_pool()


def show_failure(request: PortalRequest, error: Exception) -> Response[Any]:
    return show_problem(request, error) if is_api(request) else show_error(request, error)


def create_app() -> Litestar:
    logs.configure()
    errors: dict[int | type[Exception], Any] = {
        NotDelivered: show_not_delivered,
        Unconfirmed: show_unconfirmed,
        HTTPException: show_failure,
        Exception: show_failure,
    }
    app = Litestar(
        route_handlers=[
            home,
            alive,
            ready,
            metrics,
            SignInController,
            ForgottenController,
            ResetController,
            SecondStepController,
            PasskeySignInController,
            ProfileController,
            AppController,
            RecoveryController,
            PasskeyController,
            ConfirmationController,
            AddressController,
            OverviewController,
            EnrolmentController,
            ResultController,
            RenewalController,
            KeyController,
            PaycodeController,
            BatchController,
            ChangeController,
            CodeController,
            EnrolledController,
            WebsiteController,
            ObjectionController,
            OwnPageController,
            AdministrationController,
            OrganisationController,
            OrganisationMandateController,
            PeopleController,
            ActivationController,
            RouteController,
            RouteProfileController,
            StepController,
            CandidateController,
            LinkController,
            MergeController,
            DownloadController,
            LogController,
            RegisterController,
            CandidateRightsController,
            UserRightsController,
            MailController,
            EnrolmentImportController,
            ResultImportController,
            SupportController,
            ApiController,
            show_schema,
            create_static_files_router(
                path="/static",
                directories=[STATIC],
                cache_control=CacheControlHeader(public=True, max_age=31_536_000, immutable=True),
                opt={"access": Audience.STATIC},
                before_request=require_file_name,
            ),
        ],
        request_class=PortalRequest,
        middleware=[BodyDeadline(), SessionMiddleware()],
        dependencies={"access": Provide(provide_access)},
        exception_handlers=errors,
        before_send=[add_headers],
        lifespan=[database, health, metering, forgetting, clearing, outgoing_mail, workbooks, imports, daily],
        on_startup=[require_declarations],
        compression_config=CompressionConfig(
            backend="brotli", brotli_quality=4, minimum_size=500, exclude_opt_key="already_compressed"
        ),
        request_max_body_size=BODY_LIMIT,
        openapi_config=None,
        logging_config=None,
    )
    app.asgi_handler = Observed(app.asgi_handler)
    return app
