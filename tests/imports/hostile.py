"""Files that somebody makes to do harm, or that went wrong on the way; each as bytes."""

import io
import random
import struct
import zlib
from collections.abc import Callable, Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

HEAD = "<row><c t='inlineStr'><is><t>Deelnamenummer</t></is></c></row>"


def sheet(rows: str, before: str = "", start: str = "") -> str:
    return f"{start}<worksheet xmlns='{MAIN}'>{before}<sheetData>{rows}</sheetData></worksheet>"


def workbook(
    rows: str | None = None,
    more: Mapping[str, str | bytes] | None = None,
    *,
    whole: str = "",
    strings: str = "",
) -> bytes:
    """The least that opens as a workbook: one sheet with these rows, or with the `whole` sheet given."""
    types = f"<Override PartName='/xl/sharedStrings.xml' ContentType='{SHEET_TYPE}.sharedStrings+xml'/>"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f"<Types xmlns='{TYPES}'>"
        f"<Override PartName='/xl/workbook.xml' ContentType='{SHEET_TYPE}.sheet.main+xml'/>"
        f"<Override PartName='/xl/worksheets/sheet1.xml' ContentType='{SHEET_TYPE}.worksheet+xml'/>"
        f"{types if strings else ''}</Types>",
        "_rels/.rels": f"<Relationships xmlns='{RELATIONS}'>"
        f"<Relationship Id='r1' Type='{OFFICE}/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{OFFICE}'>"
        "<sheets><sheet name='Blad1' sheetId='1' r:id='r1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{RELATIONS}'>"
        f"<Relationship Id='r1' Type='{OFFICE}/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
        "xl/worksheets/sheet1.xml": whole or sheet(rows or HEAD),
    }
    if strings:
        parts["xl/sharedStrings.xml"] = strings
    return zipped(parts | dict(more or {}))


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


def far_cell() -> bytes:
    return workbook(f"{HEAD}<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>")


def lying_dimension() -> bytes:
    """Says that it is as large as can be; what there is, is not what was asked for."""
    return workbook(whole=sheet("<row><c><v>1</v></c></row>", "<dimension ref='A1:XFD1048576'/>"))


def endless_rows() -> bytes:
    return workbook(f"{HEAD}<row r='999999999999'><c><v>1</v></c></row>")


def million_rows() -> bytes:
    """Small by being the same over and over: a bomb."""
    return workbook("<row><c><v>1</v></c></row>" * 1_000_000)


def many_rows() -> bytes:
    return workbook("".join(f"<row r='{number}'><c><v>{number}</v></c></row>" for number in range(1, 90_000)))


def many_empty_rows(most: int = 400_000) -> bytes:
    return workbook("".join(f"<row r='{number}'/>" for number in range(1, most)))


def large_cell() -> bytes:
    """A gigabyte in about one megabyte: the same packed block a thousand times."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflate.compress(b"")
    block = deflate.compress(b"a" * 1_000_000) + deflate.flush(zlib.Z_FULL_FLUSH)
    return _with_member(b"xl/large.xml", block * 1000 + deflate.flush(), 1_000_000_000, 0)


def lying_size() -> bytes:
    """Unpacks to more than it says."""
    content = b"a" * 5_000_000
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(content) + deflate.flush()
    return _with_member(b"xl/lies.xml", packed, 10, zlib.crc32(content))


def _with_member(name: bytes, packed: bytes, size: int, checksum: int) -> bytes:
    """An archive of one member, whatever it says of itself."""
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, checksum, len(packed), size, len(name), 0) + name
    central = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, checksum, len(packed), size, len(name), 0, 0, 0, 0, 0, 0
    )
    central += name
    start = len(local) + len(packed)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(central), start, 0)
    return local + packed + central + end


def overlapping() -> bytes:
    """Two names for the same bytes."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr("xl/workbook.xml", noise(1000))
        twin = ZipInfo("xl/second.xml")
        first = archive.infolist()[0]
        twin.header_offset, twin.CRC = first.header_offset, first.CRC
        twin.file_size = twin.compress_size = first.file_size
        archive.filelist.append(twin)
    return file.getvalue()


def encrypted() -> bytes:
    content = bytearray(workbook())
    for place in _places(content, b"PK\x01\x02"):
        content[place + 8] |= 1
    return bytes(content)


def _places(content: bytearray, mark: bytes) -> list[int]:
    return [place for place in range(len(content)) if content.startswith(mark, place)]


def external_entity() -> bytes:
    doctype = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    row = "<row><c t='inlineStr'><is><t>&a;</t></is></c></row>"
    return workbook(whole=sheet(HEAD + row, start=doctype))


def billion_laughs() -> bytes:
    entities = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    strings = f"<!DOCTYPE x [{entities}]><sst xmlns='{MAIN}'><si><t>&a9;</t></si></sst>"
    return workbook("<row><c t='s'><v>0</v></c></row>", strings=strings)


def laughing_content_types() -> bytes:
    parts = {"[Content_Types].xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><Types>&a;</Types>"}
    return workbook(more=parts)


def nested() -> bytes:
    return zipped({f"{number}.xlsx": workbook() for number in range(20)})


def many_members() -> bytes:
    return workbook(more={f"xl/{number}.xml": "x" for number in range(300)})


def formula() -> bytes:
    return workbook(f"{HEAD}<row><c r='A2'><f>HYPERLINK(\"http://example.org\")</f><v>1</v></c></row>")


def excel_error() -> bytes:
    return workbook(f"{HEAD}<row><c r='A2' t='e'><v>#REF!</v></c></row>")


def long_cell() -> bytes:
    return workbook(f"{HEAD}<row><c t='inlineStr'><is><t>{noise(30_000).hex()}</t></is></c></row>")


def wide() -> bytes:
    return workbook(f"<row>{'<c><v>1</v></c>' * 500}</row>")


def too_many_lines() -> bytes:
    return b"Deelnamenummer\n" + b"x\n" * 5_001


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "truncated.xlsx": (lambda: workbook()[:-100], "beschadigd"),
    "cut in the middle.xlsx": (lambda: workbook()[:300], "beschadigd"),
    "only a head.xlsx": (lambda: b"PK\x03\x04" + noise(5000), "beschadigd"),
    "bomb.xlsx": (large_cell, "uitgepakt te groot"),
    "million rows.xlsx": (million_rows, "uitgepakt te groot"),
    "lying size.xlsx": (lying_size, "beschadigd"),
    "nested.xlsx": (nested, "beschadigd"),
    "many members.xlsx": (many_members, "uitgepakt te groot"),
    "overlapping.xlsx": (overlapping, "niet opgebouwd"),
    "climbing.xlsx": (lambda: workbook(more={"../../etc/passwd": "x"}), "niet opgebouwd"),
    "absolute.xlsx": (lambda: workbook(more={"/etc/passwd": "x"}), "niet opgebouwd"),
    "macros.xlsx": (lambda: workbook(more={"xl/vbaProject.bin": noise(100)}), "macro"),
    "links.xlsx": (lambda: workbook(more={"xl/externalLinks/externalLink1.xml": "x"}), "andere bestanden"),
    "encrypted.xlsx": (encrypted, "wachtwoord"),
    "old.xlsx": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + noise(5000), "oud Excel-bestand"),
    "entity.xlsx": (external_entity, "niet opgebouwd"),
    "laughs.xlsx": (billion_laughs, "niet opgebouwd"),
    "laughing types.xlsx": (laughing_content_types, "niet opgebouwd"),
    "far cell.xlsx": (far_cell, "meer dan 40 kolommen"),
    "endless rows.xlsx": (endless_rows, "niet opgebouwd"),
    "many rows.xlsx": (many_rows, "meer dan 5.000 rijen"),
    "formula.xlsx": (formula, "In cel A2 staat een formule"),
    "error.xlsx": (excel_error, "In cel A2 staat een fout van Excel (#REF!)"),
    "long cell.xlsx": (long_cell, "In cel A2 staan meer dan 1.000 tekens"),
    "wide.xlsx": (wide, "meer dan 40 kolommen"),
    "program.xlsx": (lambda: b"MZ\x90\x00" + noise(5000), "geen Excel-bestand"),
    "program.csv": (lambda: b"MZ\x90\x00" + noise(5000), "geen Excel-bestand"),
    "program.exe": (lambda: b"MZ\x90\x00" + noise(5000), "op .xlsx of .csv eindigt"),
    "nothing.csv": (lambda: b"", "leeg"),
    "blank.csv": (lambda: b"\n;;;\n\n", "leeg"),
    "one line.csv": (lambda: b"a" * (2 * 1024 * 1024), "een veld te lang"),
    "open quote.csv": (lambda: b'"' + b"a;b\n" * 1000, "een veld te lang"),
    "nul.csv": (lambda: b"Deelnamenummer\nab\0cd\n", "geen Excel-bestand"),
    "too many lines.csv": (too_many_lines, "meer dan 5.000 rijen"),
    "too large.csv": (lambda: b"a" * (2 * 1024 * 1024 + 1), "groter dan 2 MB"),
}
"""Name → how it is made, and what is said of it."""
