"""Agents of SNMP, versions 1 and 2c, as many as asked for, each on a loopback address of its own.

Usage: snmp_responder.py [--count N] [--first ADDRESS] [--port N] [--interfaces N] [--objects N] [--file FILE]
                         [--as-written] [--delay SECONDS]

Every agent has a system group, ifTable and ifXTable with N interfaces, and N objects below 1.3.6.1.4.1.8072.9999.1; or
the objects of FILE alone, one a line: `1.3.6.1.2.1.1.3.0 timeticks 4711` (integer, octets, counter32, gauge32, timeticks,
counter64), with --as-written in the order of the lines, which need not increase. The addresses are ADDRESS (127.0.1.1)
and those that follow, all with the same port, a free one if none is given. Prints {"port": N, "addresses": [...]} when
all listen. A line on standard input is an object that changes; it is answered with the counts as JSON. The program ends
with the input.
"""

import argparse
import bisect
import heapq
import ipaddress
import json
import resource
import selectors
import socket
import sys
import time

COMMUNITY = b"public"
START = time.monotonic()
LARGEST = 1472  # bytes of the bindings in an answer; more are left out, as GetBulk allows
INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
COUNTER32, GAUGE32, TIMETICKS, COUNTER64 = 0x41, 0x42, 0x43, 0x46
NO_SUCH_OBJECT, END_OF_MIB_VIEW = 0x80, 0x82
GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5
SYS_UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
TYPES = {
    "integer": INTEGER, "octets": OCTETS, "counter32": COUNTER32, "gauge32": GAUGE32, "timeticks": TIMETICKS,
    "counter64": COUNTER64,
}


def encoded(tag, content):
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + content


def integer(tag, value):
    return encoded(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def object_identifier(parts):
    content = bytearray((40 * parts[0] + parts[1],))
    for part in parts[2:]:
        digits = [part & 0x7F]
        while part := part >> 7:
            digits.append(0x80 | part & 0x7F)
        content += bytes(reversed(digits))
    return encoded(OID, bytes(content))


def decoded(data, start):
    """The tag of the element at `start`, and where its content begins and ends."""
    tag, length, start = data[start], data[start + 1], start + 2
    if length & 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(data[start : start + size], "big"), start + size
    if start + length > len(data):
        raise IndexError("an element ends behind the datagram")
    return tag, start, start + length


def parts_of(content):
    parts, value = [content[0] // 40, content[0] % 40], 0
    for byte in content[1:]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            parts.append(value)
            value = 0
    return tuple(parts)


def interface_columns(number):
    """By table and column, the tag and the value."""
    octets = number * 1_000_000_007
    entry, extended = (1, 3, 6, 1, 2, 1, 2, 2, 1), (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
    name = f"eth{number}".encode()
    counters = {column: (COUNTER32, (octets + column) & 0xFFFFFFFF) for column in (10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20)}
    yield from ((entry + (column,), value) for column, value in {
        1: (INTEGER, number), 2: (OCTETS, name), 3: (INTEGER, 6), 4: (INTEGER, 1500), 5: (GAUGE32, 1_000_000_000),
        6: (OCTETS, bytes((2, 0, 0, 0, number >> 8 & 0xFF, number & 0xFF))), 7: (INTEGER, 1), 8: (INTEGER, 1),
        9: (TIMETICKS, 100), 21: (GAUGE32, 0), **counters,
    }.items())
    wide = {column: (COUNTER64, octets + column) for column in range(6, 14)}
    small = {column: (COUNTER32, number + column) for column in range(2, 6)}
    yield from ((extended + (column,), value) for column, value in {
        1: (OCTETS, name), 14: (INTEGER, 1), 15: (GAUGE32, 1000), 16: (INTEGER, 2), 17: (INTEGER, 1),
        18: (OCTETS, b"port " + name), 19: (TIMETICKS, 0), **small, **wide,
    }.items())


def objects(interfaces, count):
    """Pairs of a name and its encoded value."""
    system = (1, 3, 6, 1, 2, 1, 1)
    yield system + (1, 0), encoded(OCTETS, b"An agent of the tests.")
    yield system + (5, 0), encoded(OCTETS, b"agent")
    yield (1, 3, 6, 1, 2, 1, 2, 1, 0), integer(INTEGER, interfaces)
    for number in range(1, interfaces + 1):
        for column, (tag, value) in interface_columns(number):
            yield column + (number,), encoded(tag, value) if tag == OCTETS else integer(tag, value)
    for number in range(1, count + 1):
        yield (1, 3, 6, 1, 4, 1, 8072, 9999, 1, number), integer(COUNTER32, number)


def object_of(line):
    """The name and the encoded value of a line. Raises ValueError, KeyError."""
    name, kind, value = line.rstrip("\n").split(" ", 2)
    parts, tag = tuple(map(int, name.split("."))), TYPES[kind]
    return parts, encoded(OCTETS, value.encode()) if tag == OCTETS else integer(tag, int(value))


class Tree:
    """The objects in their order, each encoded with its name; a value of None is the time since the start."""

    def __init__(self, found, is_as_written=False):
        found = list(found) if is_as_written else sorted(found)
        self.is_as_written = is_as_written
        self.names = [name for name, _ in found]
        self.keys = [object_identifier(name) for name in self.names]
        self.places = {key: place for place, key in enumerate(self.keys)}
        self.values = [value for _, value in found]
        self.bindings = [value and encoded(SEQUENCE, key + value) for key, value in zip(self.keys, self.values)]

    def change(self, name, value):
        place = self.names.index(name)
        self.values[place] = value
        self.bindings[place] = encoded(SEQUENCE, self.keys[place] + value)

    def binding(self, place):
        if self.values[place] is None:
            ticks = int((time.monotonic() - START) * 100)
            return encoded(SEQUENCE, self.keys[place] + integer(TIMETICKS, ticks))
        return self.bindings[place]

    def is_wide(self, place):
        """Whether version 1 passes over it (RFC 2576)."""
        return self.values[place] is not None and self.values[place][0] == COUNTER64

    def next(self, key, content):
        place = self.places.get(key)
        if place is not None:
            return place + 1
        name = parts_of(content)
        if self.is_as_written:
            return next((place for place, other in enumerate(self.names) if other > name), len(self.names))
        return bisect.bisect_right(self.names, name)


class Responder:
    def __init__(self, tree):
        self.tree = tree
        self.requests = 0

    def answer(self, data):
        """The answer to a request, or None for what is none. Raises IndexError for what is cut off."""
        _, start, _ = decoded(data, 0)
        _, version_start, version_end = decoded(data, start)
        _, community_start, community_end = decoded(data, version_end)
        if data[community_start:community_end] != COMMUNITY:
            return None
        kind, start, _ = decoded(data, community_end)
        _, id_start, id_end = decoded(data, start)
        _, first_start, first_end = decoded(data, id_end)
        _, second_start, second_end = decoded(data, first_end)
        _, start, end = decoded(data, second_end)
        names = []
        while start < end:
            _, name_start, binding_end = decoded(data, start)
            _, content, name_end = decoded(data, name_start)
            names.append((data[name_start:name_end], data[content:name_end]))
            start = binding_end
        self.requests += 1
        is_v1 = data[version_end - 1] == 0
        error, index = 0, 0
        if kind == GET_BULK:
            repetitions = int.from_bytes(data[second_start:second_end], "big")
            bindings = self.bulk(names, int.from_bytes(data[first_start:first_end], "big"), repetitions)
        elif kind in (GET, GET_NEXT):
            bindings = [
                self.get(key, is_v1) if kind == GET else self.next(key, content, is_v1) for key, content in names
            ]
            if is_v1 and None in bindings:
                error, index = 2, bindings.index(None) + 1
            missing = NO_SUCH_OBJECT if kind == GET else END_OF_MIB_VIEW
            bindings = [
                binding or encoded(SEQUENCE, key + bytes((missing, 0))) for binding, (key, _) in zip(bindings, names)
            ]
        else:
            return None
        if error:
            bindings = [encoded(SEQUENCE, key + bytes((NULL, 0))) for key, _ in names]
        pdu = encoded(INTEGER, data[id_start:id_end]) + integer(INTEGER, error) + integer(INTEGER, index)
        pdu = encoded(RESPONSE, pdu + encoded(SEQUENCE, b"".join(bindings)))
        return encoded(SEQUENCE, data[version_start - 2 : community_end] + pdu)

    def get(self, key, is_v1):
        place = self.tree.places.get(key)
        return None if place is None or is_v1 and self.tree.is_wide(place) else self.tree.binding(place)

    def next(self, key, content, is_v1=False):
        place = self.tree.next(key, content)
        while is_v1 and place < len(self.tree.names) and self.tree.is_wide(place):
            place += 1
        return self.tree.binding(place) if place < len(self.tree.names) else None

    def bulk(self, names, singles, repetitions):
        found = [
            self.next(key, content) or encoded(SEQUENCE, key + bytes((END_OF_MIB_VIEW, 0)))
            for key, content in names[:singles]
        ]
        places = [self.tree.next(key, content) for key, content in names[singles:]]
        size = sum(map(len, found))
        for repetition in range(repetitions):
            for place in places:
                if place + repetition < len(self.tree.names):
                    binding = self.tree.binding(place + repetition)
                else:
                    binding = encoded(SEQUENCE, self.tree.keys[-1] + bytes((END_OF_MIB_VIEW, 0)))
                size += len(binding)
                if size > LARGEST and found:
                    return found
                found.append(binding)
            if all(place + repetition >= len(self.tree.names) for place in places):
                break
        return found


def serve(sockets, responder, delay):
    selector = selectors.DefaultSelector()
    for one in sockets:
        selector.register(one, selectors.EVENT_READ)
    selector.register(sys.stdin, selectors.EVENT_READ)
    late, number = [], 0
    while True:
        wait = max(0.0, late[0][0] - time.monotonic()) if late else None
        for key, _ in selector.select(wait):
            if key.fileobj is sys.stdin:
                line = sys.stdin.readline()
                if not line:
                    return
                if line.strip():
                    responder.tree.change(*object_of(line))
                print(json.dumps({"requests": responder.requests}), flush=True)
                continue
            data, sender = key.fileobj.recvfrom(65535)
            try:
                reply = responder.answer(data)
            except IndexError:
                continue
            if reply is None:
                continue
            if delay:
                number += 1
                heapq.heappush(late, (time.monotonic() + delay, number, key.fileobj, reply, sender))
            else:
                key.fileobj.sendto(reply, sender)
        while late and late[0][0] <= time.monotonic():
            _, _, one, reply, sender = heapq.heappop(late)
            one.sendto(reply, sender)


def main():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    parser = argparse.ArgumentParser(description="Agents of SNMP on loopback addresses.")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--first", default="127.0.1.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--interfaces", type=int, default=4)
    parser.add_argument("--objects", type=int, default=0)
    parser.add_argument("--file")
    parser.add_argument("--as-written", action="store_true")
    parser.add_argument("--delay", type=float, default=0.0)
    options = parser.parse_args()
    sockets, addresses, port = [], [], options.port
    for number in range(options.count):
        address = str(ipaddress.ip_address(options.first) + number)
        one = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        one.bind((address, port))
        port = one.getsockname()[1]
        sockets.append(one)
        addresses.append(f"[{address}]:{port}" if ":" in address else f"{address}:{port}")
    print(json.dumps({"port": port, "addresses": addresses}), flush=True)
    if options.file:
        with open(options.file, encoding="utf-8") as file:
            found = [object_of(line) for line in file]
    else:
        found = [*objects(options.interfaces, options.objects), (SYS_UPTIME, None)]
    serve(sockets, Responder(Tree(found, options.as_written)), options.delay)


if __name__ == "__main__":
    main()
