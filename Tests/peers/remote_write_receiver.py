"""A strict receiver of remote write 1.0 and 2.0 that can be told to misbehave.

Usage: remote_write_receiver.py [--protocols v1,v2] [--old] [--port PORT]
                                [--certificate FILE --key FILE [--client-ca FILE]] [--header NAME=VALUE]...
Listens on a free loopback port, which it prints. `--old` is a receiver from before 2.0: it looks at no Content-Type and
answers 204 to what it can make nothing of. GET /state answers what it has as JSON, GET /series?name=NAME the samples of
one metric, GET /next a number that grows by one; POST /behave takes a list of behaviours for the next requests:
  {"status": 503, "headers": {...}, "body": "...", "times": 3}   answers so without keeping anything
  {"do": "cut_at_once" | "cut_in_body" | "cut_before_answer" | "cut_in_answer"}
  {"do": "keep_and_cut"}       keeps the samples, but does not say so
  {"do": "hang"}               never answers
  {"do": "garbage"}            answers with something else than HTTP
  {"do": "trickle"}            answers a byte at a time
  {"do": "endless"}            answers with a body that does not end
Ends with its standard input.
"""

from __future__ import annotations

import argparse
import http.server
import json
import socket
import ssl
import sys
import threading
import time
import urllib.parse

import cramjam
from remote_write.messages import Violation, parse_v1, parse_v2
from remote_write.rules import Store

V1_TYPES = {"application/x-protobuf", "application/x-protobuf;proto=prometheus.WriteRequest"}
V2_TYPE = "application/x-protobuf;proto=io.prometheus.write.v2.Request"


class Receiver:
    """What all connections share."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.protocols = set(options.protocols.split(","))
        self.expected = dict(header.split("=", 1) for header in options.header)
        self.store = Store()
        self.lock = threading.Lock()
        self.behaviours: list[dict] = []
        self.requests: list[dict] = []
        self.handed_out: list[float] = []
        self.under_way = self.most_under_way = 0

    def next_behaviour(self) -> dict:
        with self.lock:
            if not self.behaviours:
                return {}
            first = self.behaviours[0]
            left = first.get("times", 1)
            if left > 1:
                first["times"] = left - 1
                return dict(first)
            return self.behaviours.pop(0)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        receiver = self.receiver
        if path == "/next":
            with receiver.lock:
                receiver.handed_out.append(time.time())
                number = len(receiver.handed_out)
            return self.answer(200, str(number).encode())
        with receiver.lock:
            if path == "/state":
                store = receiver.store
                answer = {
                    "requests": receiver.requests, "violations": store.violations, "samples": store.samples,
                    "repeated_requests": store.repeated_requests, "metadata": store.metadata,
                    "series": len(store.series), "most_under_way": receiver.most_under_way,
                    "behaviours": receiver.behaviours, "handed_out": receiver.handed_out,
                }
            else:
                name = urllib.parse.parse_qs(query)["name"][0]
                answer = [
                    {"labels": dict(labels), "samples": sorted([at, str(bits)] for at, bits in samples.items())}
                    for labels, samples in receiver.store.series.items() if dict(labels)["__name__"] == name
                ]
        self.answer(200, json.dumps(answer).encode())

    def do_POST(self) -> None:
        if self.path == "/behave":
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with self.receiver.lock:
                self.receiver.behaviours = json.loads(body)
            return self.answer(200)
        behaviour = self.receiver.next_behaviour()
        with self.receiver.lock:
            self.receiver.under_way += 1
            self.receiver.most_under_way = max(self.receiver.most_under_way, self.receiver.under_way)
        try:
            self.receive(behaviour)
        finally:
            with self.receiver.lock:
                self.receiver.under_way -= 1

    def cut(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()

    def note(self, status: int | None, count: int = 0) -> None:
        with self.receiver.lock:
            self.receiver.requests.append({
                "time": time.time(), "status": status, "samples": count,
                "version": self.headers.get("X-Prometheus-Remote-Write-Version"),
                "type": self.headers.get("Content-Type"), "agent": self.headers.get("User-Agent"),
                "attempt": self.headers.get("Retry-Attempt"),
            })

    def receive(self, behaviour: dict) -> None:
        do = behaviour.get("do")
        if do == "cut_at_once":
            self.note(None)
            return self.cut()
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length // 2 if do == "cut_in_body" else length)
        if do in ("cut_in_body", "cut_before_answer"):
            self.note(None)
            return self.cut()
        if do == "hang":
            self.note(None)
            self.connection.settimeout(120)
            try:
                self.rfile.read(1)
            except OSError:
                pass
            return self.cut()
        if do == "garbage":
            self.note(None)
            self.wfile.write(b"\x00\xff not HTTP at all\r\n\r\n")
            return self.cut()
        if "status" in behaviour:
            self.note(behaviour["status"])
            return self.answer(
                behaviour["status"], behaviour.get("body", "").encode(), behaviour.get("headers", {})
            )
        self.judge(body, do)

    def judge(self, body: bytes, do: str | None) -> None:
        receiver = self.receiver
        try:
            self.check_headers()
            is_v2 = self.headers["Content-Type"] == V2_TYPE
            if receiver.options.old and is_v2:
                self.note(204)
                return self.answer(204)
            if ("v2" if is_v2 else "v1") not in receiver.protocols:
                self.note(415)
                return self.answer(415, b"not this protocol")
            try:
                data = bytes(cramjam.snappy.decompress_raw(body))
            except Exception as error:
                raise Violation(f"no snappy block: {error}") from None
            message = (parse_v2 if is_v2 else parse_v1)(data)
            receiver.store.check(message, is_v2)
        except Violation as violation:
            with receiver.lock:
                receiver.store.violations.append(str(violation))
            self.note(400)
            return self.answer(400, str(violation).encode())
        with receiver.lock:
            count = receiver.store.add(message)
        self.note(204 if do is None else None, count)
        self.acknowledge(count, is_v2, do)

    def acknowledge(self, count: int, is_v2: bool, do: str | None) -> None:
        headers = {}
        if is_v2:
            headers = {f"X-Prometheus-Remote-Write-{kind}-Written": "0" for kind in ("Histograms", "Exemplars")}
            headers["X-Prometheus-Remote-Write-Samples-Written"] = str(count)
        if do == "keep_and_cut":
            self.cut()
        elif do == "cut_in_answer":
            self.wfile.write(b"HTTP/1.1 204 No Con")
            self.cut()
        elif do == "trickle":
            lines = ["HTTP/1.1 200 OK", "Content-Length: 2", *(f"{name}: {value}" for name, value in headers.items())]
            for byte in ("\r\n".join(lines) + "\r\n\r\nok").encode():
                self.wfile.write(bytes([byte]))
                time.sleep(0.002)
        elif do == "endless":
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            except OSError:
                self.close_connection = True
        else:
            self.answer(204, headers=headers)

    def check_headers(self) -> None:
        headers = self.headers
        for name, expected in {"Content-Encoding": "snappy", **self.receiver.expected}.items():
            if headers.get_all(name) != [expected]:
                raise Violation(f"{name} is {headers.get_all(name)}, not {expected!r}")
        kind = headers["Content-Type"]
        if kind != V2_TYPE and kind not in V1_TYPES:
            raise Violation(f"Content-Type is {kind!r}")
        version = "2.0.0" if kind == V2_TYPE else "0.1.0"
        if headers["X-Prometheus-Remote-Write-Version"] != version:
            raise Violation("X-Prometheus-Remote-Write-Version does not fit the Content-Type")
        if not headers["User-Agent"]:
            raise Violation("there is no User-Agent")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Connections that the client or a behaviour cuts are no news."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--protocols", default="v1,v2")
    parser.add_argument("--old", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--client-ca")
    parser.add_argument("--header", action="append", default=[])
    options = parser.parse_args()
    Handler.receiver = Receiver(options)
    server = Server(("127.0.0.1", options.port), Handler)
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
        if options.client_ca:
            context.load_verify_locations(options.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
