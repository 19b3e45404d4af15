"""What a workbook must be like as a zip file, before anything in it is unpacked; pure."""

from itertools import pairwise
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MOST_MEMBERS = 200
MOST_UNPACKED = 50_000_000
MOST_RATIO = 100
LOCAL_HEADER = 30
ENCRYPTED = 0x1

BROKEN = "Dit bestand is beschadigd. Open het in Excel, bewaar het opnieuw als .xlsx en probeer het nog eens."
SUSPECT = "Dit bestand is niet opgebouwd zoals Excel het bewaart. Bewaar het opnieuw als .xlsx en probeer het nog eens."
TOO_LARGE = "Dit bestand is uitgepakt te groot. Bewaar alleen de rijen die u nodig heeft in een nieuw bestand."
LOCKED = "Dit bestand is met een wachtwoord beveiligd. Bewaar het zonder wachtwoord."
MACROS = "In dit bestand staan macro's. Bewaar het als .xlsx zonder macro's."
LINKS = "Dit bestand verwijst naar andere bestanden. Verbreek de koppelingen in Excel en bewaar het opnieuw."


class FileRefused(ValueError):
    """The message is a Dutch sentence for whoever sent the file."""


def check_archive(archive: ZipFile) -> None:
    """Raises FileRefused. What is declared is what zipfile unpacks: a member that lies about its size is cut off,
    and its checksum no longer fits."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise FileRefused(TOO_LARGE)
    if any(member.file_size > MOST_RATIO * max(member.compress_size, 1) for member in members):
        raise FileRefused(TOO_LARGE)
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise FileRefused(LOCKED)
    names = [member.filename.lower() for member in members]
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FileRefused(MACROS)
    if any(name.startswith("xl/externallinks/") for name in names):
        raise FileRefused(LINKS)
    if len(set(names)) < len(names) or not all(map(_is_plain, members)) or _overlap(members):
        raise FileRefused(SUSPECT)


def open_archive(archive: ZipFile) -> ZipFile:
    """Its checksums are right, too."""
    try:
        if archive.testzip() is not None:
            raise FileRefused(BROKEN)
    except (BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise FileRefused(BROKEN) from error
    return archive


def _is_plain(member: ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    climbs = path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename
    return not climbs and member.compress_type in {ZIP_STORED, ZIP_DEFLATED}


def _overlap(members: list[ZipInfo]) -> bool:
    ordered = sorted(members, key=lambda member: member.header_offset)
    return any(_least_end(one) > other.header_offset for one, other in pairwise(ordered))


def _least_end(member: ZipInfo) -> int:
    return member.header_offset + LOCAL_HEADER + len(member.filename.encode()) + member.compress_size
