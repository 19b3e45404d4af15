"""The helpdesk, and whom to tell about a hole."""

from datetime import UTC, datetime

from litestar import Controller, MediaType, Response, get

from app.mail.letters import HELPDESK
from app.pages import page
from app.security import Audience, PortalRequest
from app.settings import get_settings

# A test fails thirty days before: look whether all below still holds, and take the next year, less a day.
SECURITY_TXT_EXPIRES = datetime(2027, 11, 25, tzinfo=UTC)
SECURITY_TXT = """\
Contact: mailto:{helpdesk}
Expires: {expires:%Y-%m-%dT%H:%M:%SZ}
Preferred-Languages: nl
Canonical: {base_url}/.well-known/security.txt
"""


class SupportController(Controller):
    opt = {"access": Audience.PUBLIC}

    @get("/ondersteuning")
    async def show(self, request: PortalRequest) -> Response[str]:
        return page(request, "support/show.html")

    @get("/.well-known/security.txt", media_type=MediaType.TEXT, opt={"access": Audience.STATIC}, sync_to_thread=False)
    def whom_to_tell(self) -> str:
        """As RFC 9116 wants it."""
        return SECURITY_TXT.format(
            helpdesk=HELPDESK, expires=SECURITY_TXT_EXPIRES, base_url=get_settings().base_url.rstrip("/")
        )
