"""A stand-in for PushProx's client: the same bytes on the wire, for tests on machines without Go.

Usage: pushprox_client.py --proxy-url URL --fqdn NAME [--metrics-addr IGNORED]
It polls, scrapes what it is told to and pushes the answer. Errors of its own are answers of version HTTP/0.0 without a
length, as Go writes a response that has no version.
"""

import argparse
import http.client
import random
import threading
import time
import urllib.parse

HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "host"}


def post(proxy, path, body):
    """Returns the status and the body of the answer."""
    connection = http.client.HTTPConnection(proxy.hostname, proxy.port)
    try:
        connection.putrequest("POST", proxy.path.rstrip("/") + path, skip_accept_encoding=True)
        connection.putheader("User-Agent", "Go-http-client/1.1")
        connection.putheader("Content-Length", str(len(body)))
        connection.putheader("Accept-Encoding", "gzip")
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def parse_request(data):
    """Takes the serialised request apart: URL and headers with names in lower case."""
    head, separator, _ = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    words = lines[0].split(" ")
    if not separator or len(words) != 3 or not words[2].startswith("HTTP/"):
        raise ValueError(f"malformed HTTP request {lines[0]!r}")
    headers = [line.partition(": ")[::2] for line in lines[1:]]
    return words[0], urllib.parse.urlsplit(words[1]), headers


def serialise(response, body, extra):
    """A response as Go's Response.Write has it: with its length when there was one, in chunks otherwise."""
    fields = [(n, v) for n, v in response.getheaders() if n.lower() not in HOP_BY_HOP] + extra
    length = response.getheader("Content-Length")
    if length is None:
        fields.append(("Transfer-Encoding", "chunked"))
        body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[i:i + 2048] for i in range(0, len(body), 2048)))
        body += b"0\r\n\r\n"
    else:
        fields.append(("Content-Length", length))
    head = f"HTTP/1.1 {response.status} {response.reason}\r\n"
    return (head + "".join(f"{n}: {v}\r\n" for n, v in sorted(fields)) + "\r\n").encode() + body


def failure(error, extra):
    head = "HTTP/0.0 500 Internal Server Error\r\n" + "".join(f"{n}: {v}\r\n" for n, v in extra)
    return (head + "\r\n" + str(error)).encode()


def scrape(proxy, name, method, url, headers):
    fields = {n.lower(): v for n, v in headers}
    extra = [("Id", fields.get("id", ""))]
    try:
        timeout = float(fields.get("x-prometheus-scrape-timeout-seconds", ""))
        deadline = time.monotonic() + timeout
        if url.hostname != name:
            raise ValueError("scrape target doesn't match client fqdn")
        connection = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=timeout)
        connection.putrequest(method, (url.path or "/") + ("?" + url.query if url.query else ""), skip_host=True,
                              skip_accept_encoding=True)
        for field, value in headers:
            connection.putheader(field, value)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
        extra.append(("X-Prometheus-Scrape-Timeout", f"{deadline - time.monotonic():f}"))
        answer = serialise(response, body, extra)
    except (OSError, ValueError, http.client.HTTPException) as error:
        answer = failure(error, extra)
    try:
        post(proxy, "/push", answer)
    except (OSError, http.client.HTTPException) as error:
        print("push failed:", error, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--proxy-url", required=True)
    parser.add_argument("--fqdn", required=True)
    parser.add_argument("--metrics-addr")
    arguments = parser.parse_args()
    proxy = urllib.parse.urlsplit(arguments.proxy_url)
    while True:
        try:
            _, body = post(proxy, "/poll", arguments.fqdn.encode())
            method, url, headers = parse_request(body)
        except (OSError, ValueError, http.client.HTTPException) as error:
            print("poll failed:", error, flush=True)
            time.sleep(random.uniform(0.5, 1.5))
            continue
        threading.Thread(target=scrape, args=(proxy, arguments.fqdn, method, url, headers), daemon=True).start()


if __name__ == "__main__":
    main()
