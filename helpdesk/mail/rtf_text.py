"""The words of a letter in RTF, packed the way Outlook packs it (MS-OXRTFCP). One pass, linear, capped."""

import re

#: Bytes of RTF that are read.
CAP = 2_000_000

_FIRST = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_TOKEN = re.compile(
    rb"\\\*|\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_NO_TEXT = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer listtable themedata htmltag mhtmltag "
    b"generator".split()
)
_WORDS = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t", b"emdash": "—", b"endash": "–",
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•",
}  # fmt: skip


def unpack_rtf(packed: bytes) -> bytes:
    """Plain RTF out of its packed form; b"" when it is not in that form."""
    kind, data = packed[8:12], packed[16:]
    if kind == b"MELA":
        return data[:CAP]
    if kind != b"LZFu":
        return b""
    window = bytearray(_FIRST.ljust(4096, b"\x00"))
    write, at, out = len(_FIRST), 0, bytearray()
    while at < len(data) and len(out) < CAP:
        control, at = data[at], at + 1
        for bit in range(8):
            if at >= len(data):
                break
            if control >> bit & 1:
                if at + 1 >= len(data):
                    return bytes(out)
                pair, at = int.from_bytes(data[at : at + 2], "big"), at + 2
                start, length = pair >> 4, (pair & 15) + 2
                if start == write % 4096:
                    return bytes(out)
                for step in range(start, start + length):
                    byte = window[step % 4096]
                    window[write % 4096] = byte
                    out.append(byte)
                    write += 1
            else:
                window[write % 4096] = data[at]
                out.append(data[at])
                write, at = write + 1, at + 1
    return bytes(out)


def rtf_to_text(rtf: bytes) -> str:
    """The words of an RTF document; "" for anything else."""
    if not rtf.startswith(b"{\\rtf"):
        return ""
    reader = _Reader()
    for found in _TOKEN.finditer(rtf[:CAP]):
        reader.take(found)
    return "".join(reader.out).strip()


class _Reader:
    """Groups may hide their content; so does what stands for HTML alone (\\htmlrtf)."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.hidden = [False]
        self.only_rtf = False
        self.skip = 0

    def take(self, found: re.Match[bytes]) -> None:
        code, word, number, symbol, brace, text = found.groups()
        if brace == b"{":
            self.hidden.append(self.hidden[-1])
        elif brace == b"}":
            if len(self.hidden) > 1:
                self.hidden.pop()
        elif found[0] == b"\\*":
            self.hidden[-1] = True
        elif word is not None:
            self._word(word, number)
        elif code is not None:
            self._say(bytes([int(code, 16)]).decode("cp1252", "replace"))
        elif symbol is not None:
            self._say(
                {b"~": " ", b"_": "-"}.get(symbol, symbol.decode("latin-1") if symbol in b"\\{}" else "")
            )
        elif text is not None:
            self._say(text.decode("cp1252", "replace"))

    def _word(self, word: bytes, number: bytes | None) -> None:
        if word in _NO_TEXT:
            self.hidden[-1] = True
        elif word == b"htmlrtf":
            self.only_rtf = number != b"0"
        elif word == b"u" and number is not None:
            self._say(chr(int(number) % 65_536) if not 0xD800 <= int(number) % 65_536 < 0xE000 else "\ufffd")
            self.skip = 1
        elif word in _WORDS:
            self._say(_WORDS[word])

    def _say(self, text: str) -> None:
        if self.hidden[-1] or self.only_rtf:
            return
        if self.skip:
            text, self.skip = text[1:], 0
        self.out.append(text)
