"""What is sent along with a file."""

import hashlib
from dataclasses import dataclass, field, replace

from litestar.datastructures import UploadFile

from app.imports.uploads import LARGEST
from app.once import FIELD
from app.security import PortalRequest
from app.text import TextRefused, clean
from app.viewer import OrganisationName

LONGEST_NAME = 120
NO_FILE = "Kies een bestand."
NO_ORGANISATION = "Kies een organisatie."


@dataclass(frozen=True)
class UploadForm:
    """What was chosen, and a sentence for each field that is not right. A browser does not give a file back."""

    organisation: str = ""
    assign_paycodes: bool = False
    file_name: str = ""
    content: bytes = b""
    key: str = ""
    """Of this form: sent twice, it counts once."""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def file_hash(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def refused(self, name: str, sentence: str) -> "UploadForm":
        return replace(self, errors=self.errors | {name: sentence})


async def read_upload(request: PortalRequest, organisations: tuple[OrganisationName, ...]) -> UploadForm:
    """`organisations`: those to choose from; none where there is nothing to choose."""
    form = await request.form()
    file = form.get("bestand")
    chosen, key = str(form.get("organisatie") or ""), str(form.get(FIELD) or "")
    if isinstance(file, UploadFile) and file.filename:
        content = await file.read(LARGEST + 1)
        read = UploadForm(chosen, "betaalcodes" in form, _file_name(file.filename), content, key)
    else:
        read = UploadForm(chosen, "betaalcodes" in form).refused("bestand", NO_FILE)
    await form.close()
    if organisations and chosen not in {each.code for each in organisations}:
        read = read.refused("organisatie", NO_ORGANISATION)
    return read


def _file_name(name: str) -> str:
    """As it is shown: the end of it when it is long, since that says what kind of file it is."""
    name = name.replace("\\", "/").rpartition("/")[2]
    try:
        return clean(name, len(name) or 1)[-LONGEST_NAME:]
    except TextRefused:
        return "bestand" + name[name.rfind(".") :][:5] if name.isascii() else "bestand"
