"""Takes both messages of remote write apart, by hand: a library would pass over what the schema does not know."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

VARINT, FIXED64, BYTES = 0, 1, 2


class Violation(Exception):
    """A rule of the specification that a request breaks."""


@dataclass
class Series:
    labels: list[tuple[str, str]]
    samples: list[tuple[int, int]]
    """Milliseconds and the bits of the value."""
    metadata: tuple[int, str, str] | None = None


@dataclass
class Message:
    series: list[Series] = field(default_factory=list)
    metadata: list[tuple[str, int, str, str]] = field(default_factory=list)


def varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(data) or shift > 63:
            raise Violation("a varint is not whole")
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, place


def fields(data: bytes, schema: dict[int, int]):
    """The fields of a message; one that `schema` does not have with its type is a violation."""
    place = 0
    while place < len(data):
        key, place = varint(data, place)
        number, kind = key >> 3, key & 7
        if schema.get(number) != kind:
            raise Violation(f"field {number} of type {kind} is not in the schema")
        if kind == VARINT:
            value, place = varint(data, place)
        elif kind == FIXED64:
            value, place = struct.unpack_from("<Q", data, place)[0], place + 8
        else:
            length, place = varint(data, place)
            if length > len(data) - place:
                raise Violation("a field is longer than its message")
            value, place = data[place:place + length], place + length
        yield number, value


def text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Violation("a string is not UTF-8") from None


def signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def sample(data: bytes, schema: dict[int, int]) -> tuple[int, int]:
    values = dict(fields(data, schema))
    if 3 in values:
        raise Violation("a start timestamp comes from nowhere")
    return signed(values.get(2, 0)), values.get(1, 0)


def parse_v1(data: bytes) -> Message:
    message = Message()
    for number, value in fields(data, {1: BYTES, 3: BYTES}):
        if number == 3:
            known = dict(fields(value, {1: VARINT, 2: BYTES, 4: BYTES, 5: BYTES}))
            message.metadata.append(
                (text(known.get(2, b"")), known.get(1, 0), text(known.get(4, b"")), text(known.get(5, b"")))
            )
            continue
        series = Series([], [])
        for inner, part in fields(value, {1: BYTES, 2: BYTES}):
            if inner == 1:
                label = dict(fields(part, {1: BYTES, 2: BYTES}))
                series.labels.append((text(label.get(1, b"")), text(label.get(2, b""))))
            else:
                series.samples.append(sample(part, {1: FIXED64, 2: VARINT}))
        message.series.append(series)
    return message


def parse_v2(data: bytes) -> Message:
    symbols: list[str] = []
    parts: list[bytes] = []
    for number, value in fields(data, {4: BYTES, 5: BYTES}):
        if number == 4:
            symbols.append(text(value))
        else:
            parts.append(value)
    if not symbols or symbols[0] != "":
        raise Violation("the first symbol is not empty")
    if len(set(symbols)) != len(symbols):
        raise Violation("a symbol is there twice")
    used = {0}

    def symbol(reference: int) -> str:
        if reference >= len(symbols):
            raise Violation(f"symbol {reference} does not exist")
        used.add(reference)
        return symbols[reference]

    message = Message([series_v2(part, symbol) for part in parts])
    if len(used) != len(symbols):
        raise Violation("symbols are there that nothing refers to")
    return message


def series_v2(data: bytes, symbol) -> Series:
    series = Series([], [])
    references: list[int] = []
    for number, value in fields(data, {1: BYTES, 2: BYTES, 5: BYTES}):
        if number == 1:
            place = 0
            while place < len(value):
                reference, place = varint(value, place)
                references.append(reference)
        elif number == 2:
            series.samples.append(sample(value, {1: FIXED64, 2: VARINT, 3: VARINT}))
        else:
            known = dict(fields(value, {1: VARINT, 3: VARINT, 4: VARINT}))
            series.metadata = (known.get(1, 0), symbol(known.get(3, 0)), symbol(known.get(4, 0)))
    if len(references) % 2:
        raise Violation("labels_refs has an odd length")
    names = [symbol(reference) for reference in references]
    series.labels = list(zip(names[::2], names[1::2]))
    if series.metadata is None:
        raise Violation("a series has no metadata")
    return series
