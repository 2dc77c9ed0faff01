"""A stand-in for PushProx's proxy: the same bytes on the wire and the same habits, good and bad.

Usage: pushprox_proxy.py --web.listen-address HOST:PORT
A poll is held without a limit, a newer one of the same name ends one older one with 408, a dead one is not noticed, and
the answer to a scrape is handed on as it was pushed.
"""

import argparse
import http.client
import http.server
import io
import json
import queue
import socketserver
import threading
import urllib.parse
import uuid

DEFAULT_TIMEOUT = 15.0
MOST_TIMEOUT = 300.0


class Response(io.BytesIO):
    """Lets http.client read a response from bytes."""

    def makefile(self, *_):
        return self


def read_response(data):
    # HTTP/0.0 is what PushProx's client writes for its own errors; http.client takes versions from 0.9 on.
    response = http.client.HTTPResponse(Response(data.replace(b"HTTP/0.0", b"HTTP/1.0", 1)))
    response.begin()
    return response.status, response.getheaders(), response.read()


class Coordinator:
    """Who waits for what."""

    def __init__(self):
        self.lock = threading.Lock()
        self.polls = {}
        self.scrapes = {}
        self.known = set()
        self.arrived = threading.Condition(self.lock)

    def poll(self, name):
        mine = queue.Queue()
        with self.lock:
            self.known.add(name)
            waiting = self.polls.setdefault(name, [])
            if waiting:
                waiting.pop(0).put(None)
            waiting.append(mine)
            self.arrived.notify_all()
        return mine.get()

    def scrape(self, name, request, identifier, timeout):
        answer = self.scrapes[identifier] = queue.Queue()
        try:
            with self.lock:
                if not self.arrived.wait_for(lambda: self.polls.get(name), timeout):
                    return None
                self.polls[name].pop(0).put(request)
            return answer.get(timeout=timeout)
        except queue.Empty:
            return None
        finally:
            del self.scrapes[identifier]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    coordinator = Coordinator()

    def log_message(self, *_):
        pass

    def answer(self, status, body, fields=()):
        self.send_response_only(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            data = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def do_GET(self):
        if not self.path.startswith("/"):
            return self.scrape()
        if self.path == "/clients":
            clients = [{"targets": [name], "labels": None} for name in sorted(self.coordinator.known)]
            return self.answer(200, json.dumps(clients).encode(), [("Content-Type", "application/json")])
        return self.answer(404, b"404 page not found\n")

    do_HEAD = do_GET

    def do_POST(self):
        data = self.body()
        if self.path == "/poll":
            request = self.coordinator.poll(data.decode().strip())
            if request is None:
                return self.answer(408, b"Error WaitForScrapeInstruction: request is expired\n")
            return self.answer(200, request)
        try:
            status, fields, body = read_response(data)
            waiting = self.coordinator.scrapes[dict((n.lower(), v) for n, v in fields)["id"]]
        except (http.client.HTTPException, KeyError, ValueError) as error:
            return self.answer(500, f"Error pushing: {error}\n".encode())
        waiting.put((status, fields, body))
        return self.answer(200, b"")

    def scrape(self):
        url = urllib.parse.urlsplit(self.path)
        identifier = str(uuid.uuid4())
        try:
            timeout = float(self.headers.get("X-Prometheus-Scrape-Timeout-Seconds", ""))
        except ValueError:
            timeout = DEFAULT_TIMEOUT
        fields = [(n, v) for n, v in self.headers.items() if n.lower() not in ("host", "user-agent")]
        lines = [f"{self.command} {self.path} HTTP/1.1", f"Host: {url.netloc}"]
        lines.append(f"User-Agent: {self.headers.get('User-Agent', 'Go-http-client/1.1')}")
        lines += [f"{n}: {v}" for n, v in sorted(fields + [("Id", identifier)])]
        request = "\r\n".join(lines + ["", ""]).encode()
        found = self.coordinator.scrape(url.hostname, request, identifier, min(timeout, MOST_TIMEOUT))
        if found is None:
            reason = f'Error scraping "{self.path}": timeout reached for "{self.path}": context deadline exceeded\n'
            return self.answer(500, reason.encode())
        status, fields, body = found
        hidden = {"id", "x-prometheus-scrape-timeout-seconds", "transfer-encoding", "content-length"}
        return self.answer(status, body, [(n, v) for n, v in fields if n.lower() not in hidden])


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--web.listen-address", required=True, dest="address")
    host, _, port = parser.parse_args().address.rpartition(":")
    Server((host, int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
