"""The helpdesk."""

from litestar import Controller, Response, get

from app.pages import page
from app.security import Audience, PortalRequest


class SupportController(Controller):
    opt = {"access": Audience.PUBLIC}

    @get("/ondersteuning")
    async def show(self, request: PortalRequest) -> Response[str]:
        return page(request, "support/show.html")
