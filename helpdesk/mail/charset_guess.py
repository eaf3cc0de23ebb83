"""The charset of 8-bit text that carries no label, told by which bytes stand beside each other."""

import re

#: Bytes looked at.
SAMPLE = 4_000

_WORDS = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_PAIRS = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
_BIG5 = re.compile(rb"[\xa1-\xf9][\x40-\x7e\xa1-\xfe]")


_VOWELS, _COMMON = "аеиоуыэюяё", "оеаинт"


def guess_codec(data: bytes) -> str:
    """The likeliest Python codec; cp1252 when nothing speaks for another one."""
    sample = data[:SAMPLE]
    if b"\x1b$" in sample or b"\x1b(" in sample:
        return "iso2022_jp_ext"
    words = _WORDS.findall(sample)
    high = sum(b >= 0x80 for word in words for b in word)
    if high < 4 or high * 2 < sum(map(len, words)):
        return "cp1252"
    return _japanese(sample, high) or _cyrillic(words) or _paired(sample, high) or "cp1252"


def _fits(data: bytes, codec: str) -> str:
    """The text in this codec, "" when it does not fit; a character cut at the end is forgiven."""
    for end in (len(data), len(data) - 1):
        try:
            return data[:end].decode(codec)
        except UnicodeDecodeError:
            continue
    return ""


def _japanese(sample: bytes, high: int) -> str:
    """Kana stand between the signs of every Japanese sentence."""
    for codec in ("cp932", "euc_jp"):
        text = _fits(sample, codec)
        wide = sum(c > "\x7f" for c in text)
        kana = sum("\u3041" <= c <= "\u30fe" for c in text)
        half = sum("\uff61" <= c <= "\uff9f" for c in text)
        if high >= 6 and wide >= 3 and kana * 5 >= wide and half * 10 <= wide:
            return codec
    return ""


def _cyrillic(words: list[bytes]) -> str:
    """Russian words are all of letters above 0xC0, one capital at most in front of small ones."""
    letters = [word for word in words if sum(b >= 0xC0 for b in word) * 10 >= 9 * len(word)]
    if sum(map(len, letters)) * 10 < 8 * sum(map(len, words)) or sum(map(len, letters)) < 4:
        return ""
    win, koi = (sum(_well_formed(word, small) for word in letters) for small in (0xE0, 0xC0))
    if max(win, koi) * 10 < 7 * len(letters):
        return ""
    likely, other = ("cp1251", "koi8-r") if win >= koi else ("koi8-r", "cp1251")
    text, turned = (b" ".join(letters).decode(codec, "replace").lower() for codec in (likely, other))
    if sum(c in _VOWELS for c in text) * 5 < len(text):
        return ""
    # Capitals of the one are the small letters of the other; the commonest letters tell who shouts.
    shouted = sum(c in _COMMON for c in turned) * 10 > 13 * sum(c in _COMMON for c in text)
    return other if shouted else likely


def _well_formed(word: bytes, small: int) -> bool:
    """Whether all but perhaps the first letter are small; `small`: first of 32 codes of small letters."""
    return all(small <= b < small + 32 for b in word[1:]) or len(word) == 1


def _paired(sample: bytes, high: int) -> str:
    """Chinese and Korean: bytes in pairs, most of them in the rows of the common signs."""
    if high < 6:
        return ""
    pairs = _PAIRS.findall(sample)
    if len(pairs) * 2 >= 0.95 * high:
        hangul = sum(0xB0 <= pair[0] <= 0xC8 for pair in pairs)
        common = sum(0xB0 <= pair[0] <= 0xD7 or pair[0] in (0xA1, 0xA3) for pair in pairs)
        if (
            b" " in sample.strip()
            and len(pairs) >= 5
            and hangul >= 0.95 * len(pairs)
            and _fits(sample, "cp949")
        ):
            return "cp949"
        if common >= 0.8 * len(pairs) and _fits(sample, "gb18030"):
            return "gb18030"
    if _fits(sample, "gb18030") and common_gb(sample):
        return "gb18030"
    big5 = _BIG5.findall(sample)
    frequent = sum(0xA4 <= pair[0] <= 0xC6 for pair in big5)
    if big5 and frequent >= 0.75 * len(big5) and len(big5) >= 3 and _fits(sample, "cp950"):
        return "cp950"
    return ""


def common_gb(sample: bytes) -> bool:
    """Whether the text reads as common Chinese in GB."""
    text = _fits(sample, "gb18030")
    wide = [c for c in text if c > "\x7f"]
    signs = [c.encode("gb18030") for c in wide if "\u4e00" <= c <= "\u9fff"]
    rows = sum(0xB0 <= sign[0] <= 0xD7 and sign[1] >= 0xA1 for sign in signs)
    return len(wide) >= 3 and rows >= 0.8 * len(wide)
