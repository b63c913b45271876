"""Reads the text of our own PDF files: Latin strings, and the two-byte ones of the Japanese font."""

import base64
import re
import zlib

STREAM = re.compile(rb"/Filter \[ /ASCII85Decode /FlateDecode \].*?stream\r?\n(.*?)~>", re.DOTALL)
TOKEN = re.compile(rb"/(F\d+)(?:\+\d+)? [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj|\b([qQ])\s", re.DOTALL)


def text_of(pdf: bytes) -> str:
    """Return the words of every page, lines and runs put together without spaces of their own."""
    objects = pdf.split(b"endobj")
    wide = {name for part in objects if b"/Type0" in part for name in re.findall(rb"/Name /(F\d+)", part)}
    text = ""
    for stream in STREAM.findall(pdf):
        font, outer = b"", list[bytes]()
        for named, shown, saved in TOKEN.findall(zlib.decompress(base64.a85decode(stream))):
            font = named or font
            if saved == b"q":
                outer.append(font)
            elif saved:
                font = outer.pop()
            elif not named:
                raw = _unescaped(shown)
                text += raw.decode("utf-16-be") if font in wide else raw.decode("cp1252")
    return text


def _unescaped(literal: bytes) -> bytes:
    """Undo the escapes of a PDF string (PDF 32000-1, 7.3.4.2)."""
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def plain(match: re.Match[bytes]) -> bytes:
        code = match.group(1)
        return bytes([int(code, 8)]) if code.isdigit() else named.get(code, code)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, literal, flags=re.DOTALL)
