"""Bytes of unknown make into clean text: the declared charset where it holds, a sound guess elsewhere."""

import codecs
import re

from helpdesk.mail.charset_guess import guess_codec

#: Codecs that Python would look up by name though they are no charset of mail text.
_NOT_CHARSETS = {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem"}
#: Labels that mean a larger charset than they say, or that Python does not know.
_ALIASES = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "iso-gb2312": "gb18030",
    "cn-gb": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "ks_c_5601-1989": "cp949",
    "euc-kr": "cp949",
    "euckr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "x-euc-jp": "euc_jp",
    "utf-8mb4": "utf-8",
    "utf8mb4": "utf-8",
    "iso-utf-8": "utf-8",
    "iso-8859-1-windows-3.1-latin-1": "cp1252",
    "big5": "cp950",
    "x-x-big5": "cp950",
    "big5-hkscs": "big5hkscs",
    "utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-unknown": "",
    "unknown": "",
    "unknown-8bit": "",
    "x-user-defined": "",
    "binary": "",
    "default": "",
    "none": "",
    "dos": "cp850",
    "ansi": "cp1252",
    "cp-850": "cp850",
    "x-windows-949": "cp949",
    "unicode": "utf-16",
    "utf": "utf-8",
}
_WINDOWS = re.compile(r"(?:x-)?(?:windows|win|cp|ansi)[-_ ]?(125\d|874|932|936|949|950|65001)")
_ISO = re.compile(r"(?:x-)?iso[-_ ]?8859[-_ ]?(\d{1,2})")
_STATEFUL = {
    "iso2022_jp",
    "iso2022_jp_ext",
    "iso2022_kr",
    "utf-7",
    "hz",
    "utf-16",
    "utf-16-be",
    "utf-16-le",
    "utf-32",
}
_ONE_BYTE = ("cp125", "cp8", "iso8859", "koi8", "mac")
_WIDE = {"utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le"}
#: NUL (PostgreSQL refuses it) and the C0 controls that no text needs.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LINE_BREAKERS = re.compile("[\\s\x00-\x1f\x7f\x85\u2028\u2029]+")
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def codec_for(label: str) -> str:
    """The Python codec for a charset label of a mail, "" when there is none; never one that is no charset."""
    name = label.strip(" \t\"'<>").lower()[:60].partition(";")[0].strip()
    if name in _ALIASES:
        return _ALIASES[name]
    if match := _WINDOWS.fullmatch(name):
        return {"936": "gb18030", "65001": "utf-8"}.get(match[1], "cp" + match[1])
    if match := _ISO.match(name):
        name = "iso-8859-" + match[1]
        return _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name) if name.isascii() and "\x00" not in name else None
    except (LookupError, ValueError):
        return ""
    if info is None or not info._is_text_encoding or info.name in _NOT_CHARSETS:
        return ""
    return info.name


def decode(data: bytes, declared: str = "") -> str:
    """Text of these bytes. Order: byte order mark, declared charset if it fits, UTF-8, a guess, cp1252.

    Declared Latin-1 means cp1252 (as browsers take it), and text that is valid UTF-8 is UTF-8 whatever a
    one-byte label says. Never raises; the result is clean (see `clean`).
    """
    codec = codec_for(declared) if declared else ""
    if data.isascii() and codec not in _STATEFUL and b"\x1b" not in data:
        return clean(data.decode("ascii"))
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark) and (name == "utf-8" or len(data) % 2 == 0):
            return clean(data.decode(name, "replace").lstrip("\ufeff"))
    return clean(_decode(data, codec))


def _decode(data: bytes, codec: str) -> str:
    if codec in _WIDE and b"\x00" not in data:
        codec = "utf-8"
    if codec and codec != "utf-8" and not codec.startswith(_ONE_BYTE):
        text = _strict(data, codec)
        return text if text is not None else _misfit(data, codec)
    text = _strict(data, "utf-8") if b"\x1b$" not in data else None
    if text is not None:
        return text
    if codec == "utf-8":
        return _misfit(data, codec)
    return data.decode(codec, "replace") if codec else guess(data)


def _misfit(data: bytes, codec: str) -> str:
    """The label does not fit: keep it if most of the text does, for a broken byte or two are common."""
    text = data.decode(codec, "replace")
    if text.count("\ufffd") * 2 < (len(text) - len(text.encode("ascii", "ignore"))) or codec in _STATEFUL:
        return text
    utf8 = _strict(data, "utf-8")
    return utf8 if utf8 is not None else guess(data)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def guess(data: bytes) -> str:
    """Text of 8-bit bytes without a label that are not UTF-8: as it looks East Asian, Cyrillic, or cp1252."""
    codec = guess_codec(data)
    text = _strict(data, codec) if codec == "iso2022_jp_ext" else data.decode(codec, "replace")
    return text if text is not None else data.decode("cp1252", "replace")


def clean(text: str) -> str:
    """Text that any database and any JSON takes: lone surrogates and NULs replaced, controls dropped."""
    if not text.isascii() and _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if _CONTROLS.search(text):
        text = _CONTROLS.sub(lambda found: "\ufffd" if found[0] == "\x00" else "", text)
    return text


def one_line(text: str) -> str:
    """One line for a header value: every run of white space, line breaks and controls becomes one space."""
    return _LINE_BREAKERS.sub(" ", _BIDI.sub("", clean(text))).strip()
