"""The requests that a hub and a Pushgateway are compared by: bodies in text and protobuf, paths, codings, orders."""

import base64
import gzip
import itertools
import re
import struct

PROTOBUF = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"


def masked_crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    crc ^= 0xffffffff
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff


# Protobuf by hand, so that broken messages can be made too.

def varint(number):
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7f | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, content):
    if isinstance(content, float):
        return varint(number << 3 | 1) + struct.pack("<d", content)
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def label(name, value):
    return field(1, field(1, name) + field(2, value))


def family(name, kind, *metrics, help="Help."):
    return field(1, name) + field(2, help) + field(3, kind) + b"".join(field(4, metric) for metric in metrics)


def delimited(*messages):
    return b"".join(varint(len(message)) + message for message in messages)


def gauge(value, *labels):
    return b"".join(labels) + field(2, field(1, value))


def counter(value, *labels):
    return b"".join(labels) + field(3, field(1, value))


HISTOGRAM = field(7, field(1, 3) + field(2, 2.5) + field(3, field(1, 1) + field(2, 0.5)) + field(3, field(1, 3) + field(2, 2.0)))
# Schema 0, one bucket of 3 observations; then the same with floating-point counts.
NATIVE = field(7, field(1, 3) + field(2, 2.5) + field(5, 0) + field(6, 1e-128) + field(7, 0) + field(12, field(1, 0) + field(2, 1)) + field(13, 6))
FLOATS = field(7, field(4, 3.5) + field(2, 2.5) + field(5, 0) + field(6, 1e-128) + field(8, 0.0) + field(12, field(1, 0) + field(2, 1)) + field(14, 3.5))
BOTH_KINDS = field(7, NATIVE[2:] + field(3, field(1, 3) + field(2, 2.0)))
TIME = field(1, 1795652000) + field(2, 5)
EXEMPLAR = field(2, label("trace_id", "abc") + field(2, 1.0) + field(3, TIME))
SUMMARY = field(4, field(1, 3) + field(2, 2.5) + field(3, field(1, 0.5) + field(2, 0.7)))
PROTOBUF_BODIES = {
    "gauge": delimited(family("pb_gauge", 1, gauge(1.5, label("x", "y")))),
    "counter": delimited(family("pb_total", 0, counter(5.0))),
    "two families": delimited(family("pb_a", 1, gauge(1.0)), family("pb_b", 1, gauge(2.0))),
    "histogram": delimited(family("pb_seconds", 4, HISTOGRAM)),
    "summary": delimited(family("pb_size", 2, SUMMARY)),
    "untyped": delimited(family("pb_untyped", 3, field(5, field(1, 7.0)))),
    "native histogram": delimited(family("pb_native", 4, NATIVE)),
    "native histogram of floats": delimited(family("pb_floats", 4, FLOATS)),
    "histogram of both kinds": delimited(family("pb_both", 4, BOTH_KINDS)),
    "gauge histogram": delimited(family("pb_gauge_histogram", 5, HISTOGRAM)),
    "created": delimited(family("pb_created_total", 0, field(3, field(1, 5.0) + field(3, TIME)))),
    "exemplar": delimited(family("pb_exemplar_total", 0, field(3, field(1, 5.0) + EXEMPLAR))),
    "summary without quantiles": delimited(family("pb_bare", 2, field(4, field(1, 3) + field(2, 2.5)))),
    "unit": delimited(family("pb_unit_seconds", 1, gauge(1.0)) + field(5, "seconds")),
    "utf8 names": delimited(family("pb.dotted", 1, gauge(1.0, label("my.label", "x")))),
    "no type": delimited(field(1, "pb_no_type") + field(4, gauge(1.0))),
    "no metric": delimited(field(1, "pb_no_metric") + field(3, 1)),
    "two of a name": delimited(family("pb_again", 1, gauge(1.0, label("a", "1"))), family("pb_again", 1, gauge(1.0, label("a", "2")))),
    "unknown fields": delimited(family("pb_unknown", 1, gauge(1.0) + field(99, "x")) + field(100, 7)),
    "empty": b"",
    "special labels": delimited(family("pb_odd", 1, gauge(1.0, label("x", 'a"b\\c\nd')))),
    "wrong value": delimited(family("pb_wrong", 0, gauge(1.0))),
    "timestamp": delimited(family("pb_time", 1, gauge(1.0) + field(6, 1000))),
    "duplicate": delimited(family("pb_twice", 1, gauge(1.0), gauge(2.0))),
    "truncated": delimited(family("pb_cut", 1, gauge(1.0)))[:-3],
    # A length of 2 MiB; for a larger one Pushgateway would set the memory aside.
    "garbage": b"\xff\xff\x7f garbage",
    "broken message": varint(4) + b"\x0a\xff\xff\xff",
}

# "coded 1\n" in snappy's framing format: the identifier, then a chunk that is not compressed, with its checksum.
SNAPPY = b"\xff\x06\x00\x00sNaPpY\x01\x0c\x00\x00" + struct.pack("<I", masked_crc32c(b"coded 1\n")) + b"coded 1\n"

TEXT_BODIES = {
    "untyped": "some_metric 3.14\n",
    "typed": "# TYPE another_metric gauge\n# HELP another_metric Just an example.\nanother_metric 2398.283\n",
    "counter": "# TYPE c_total counter\nc_total{a=\"1\"} 5\nc_total{a=\"2\"} 6\n",
    "counter without total": "# TYPE c counter\nc 1\n",
    "histogram": "# TYPE h histogram\nh_bucket{le=\"0.5\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n",
    "summary": "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 3\ns_count 2\n",
    "several": "a_metric 1\nb_metric 2\nb_metric{x=\"y\"} 3\n",
    "empty": "",
    "line feed": "\n",
    "comment": "# just a comment\n",
    "blanks": "  some_metric   7  \n",
    "tabs": "some_metric\t7\n",
    "special values": "v1 NaN\nv2 +Inf\nv3 -Inf\nv4 1e300\nv5 0x10\nv6 -0\n",
    "escapes": 'esc{x="a\\\\b\\"c\\nd"} 1\n',
    "unicode": "uni{x=\"日本\"} 1\n",
    "job in body": 'own{job="other",instance="there"} 1\n',
    "instance in body": 'own_instance{instance="there"} 1\n',
    "empty label": 'with_empty{x=""} 1\n',
    "trailing comma": 'comma{x="y",} 1\n',
    "push time": "push_time_seconds 5\n",
    "push failure time": "push_failure_time_seconds 5\n",
    "no line feed": "some_metric 1",
    "no value": "some_metric\n",
    "bad value": "some_metric one\n",
    "bad name": "some-metric 1\n",
    "digit first": "1metric 1\n",
    "bad label name": 'm{1x="y"} 1\n',
    "reserved label": 'm{__name__="y"} 1\n',
    "unclosed": 'm{x="y" 1\n',
    "unclosed quote": 'm{x="y} 1\n',
    "bad escape": 'm{x="\\q"} 1\n',
    "two label names": 'm{x="1",x="2"} 1\n',
    "duplicate": "dup 1\ndup 2\n",
    "duplicate by grouping": 'dg{job="a"} 1\ndg{job="b"} 2\n',
    "timestamp": "timed 1 1395066363000\n",
    "bad timestamp": "timed 1 soon\n",
    "second type": "# TYPE t gauge\n# TYPE t counter\nt 1\n",
    "same type twice": "# TYPE t gauge\n# TYPE t gauge\nt 1\n",
    "unknown type": "# TYPE t fancy\nt 1\n",
    "type after samples": "t 1\n# TYPE t gauge\n",
    "windows line ends": "some_metric 1\r\n",
    "html": "<html><body>no</body></html>\n",
    "json": '{"some_metric": 1}\n',
    "invalid utf-8": b'bytes{x="\xff\xfe"} 1\n',
    "binary": bytes(range(256)),
    "only spaces": "   \n   \n",
    "bucket without le": "# TYPE h histogram\nh_bucket 1\n",
    "bad le": "# TYPE h histogram\nh_bucket{le=\"x\"} 1\n",
    "bare histogram": "# TYPE h histogram\nh 1\n",
    "long line": "long{x=\"" + "a" * 20000 + "\"} 1\n",
    "many samples": "".join(f'many{{n="{number}"}} {number}\n' for number in range(500)),
}

PATHS = [
    "/metrics/job/plain", "/metrics/job/plain/", "/metrics/job/plain/instance/one", "/metrics/job/plain/instance/one/",
    "/metrics/job/plain/instance/", "/metrics/job/plain/instance", "/metrics/job/plain/a/b/c/d", "/metrics/job/plain/c/d/a/b",
    "/metrics/job/plain/a/b/c", "/metrics/job/plain/job/other", "/metrics/job/a%20b", "/metrics/job/a+b", "/metrics/job/%E6%97%A5",
    "/metrics/job/plain/x/%22quoted%22", "/metrics/job/plain/x/a%5Cb", "/metrics/job/plain/x/a%0Ab", "/metrics/job/plain/x/a%2Fb",
    "/metrics/job/plain/1x/a", "/metrics/job/plain/x-y/a", "/metrics/job/plain/__x/a", "/metrics/job/plain/__name__/a",
    "/metrics/job/plain/%C3%BC/a", "/metrics/job/plain/_x/a", "/metrics/job@base64/cGxhaW4", "/metrics/job@base64/cGxhaW4=",
    "/metrics/job@base64/cGxhaW4==", "/metrics/job@base64/L3Zhci90bXA", "/metrics/job@base64/L3Zhci90bXA=", "/metrics/job@base64/Pz8_",
    "/metrics/job@base64/Pz8/", "/metrics/job@base64/!!!", "/metrics/job@base64/a", "/metrics/job@base64/=", "/metrics/job@base64/YQ==",
    "/metrics/job/plain/path@base64/L3Zhci90bXA", "/metrics/job/plain/path@base64/=", "/metrics/job/plain/path@base64/%3D",
    "/metrics/job/plain/path@base64/!", "/metrics/job/plain/path@base64/YWJj/other@base64/ZGVm", "/metrics/job/plain/@base64/YQ",
    "/metrics/job/plain/x@base32/a", "/metrics/job/plain?ttl=1h", "/metrics/job/plain?x=y", "/metrics/job/plain#fragment",
    "/metrics/job/plain/instance/one/a/1/b/2/c/3/d/4", "/metrics/job/plain/instance/%", "/metrics/job/plain/instance/%zz",
    "/metrics/job/plain/instance/a:b", "/metrics/job/plain/instance/[::1]:9100", "/metrics/job/plain/instance/a=b,c",
    "/metrics/job", "/metrics/job/", "/metrics/jobs/plain", "/metrics/plain", "/metrics/jobplain/x", "/metrics/job//instance/x",
    "/metrics/job/plain//x", "/metrics/job/plain/x//y/z", "/metrics/job/./x", "/metrics/job/../job/x",
]

# Bodies and paths with names of any alphabet; of a path whether the name is escaped.
QUOTED = "legacy names in quotes"
UTF8_BODIES = {
    "metric": '# TYPE "my.metric" gauge\n# HELP "my.metric" Dotted.\n{"my.metric",x="y"} 1\n',
    "label": 'legacy{"my.label"="1",x="y"} 1\n',
    "counter": '# TYPE "日本.requests_total" counter\n{"日本.requests_total","the code"="y"} 2\n',
    "histogram": '# TYPE "my.seconds" histogram\n{"my.seconds_bucket",le="0.5"} 1\n{"my.seconds_bucket",le="+Inf"} 2\n'
    '{"my.seconds_sum"} 3\n{"my.seconds_count"} 2\n',
    QUOTED: '{"legacy","x"="y"} 1\n',
}
UTF8_PATHS = {
    "/metrics/job/plain/1x/a": False, "/metrics/job/plain/x-y/a": False, "/metrics/job/plain/%C3%BC/a": False,
    "/metrics/job/plain/x@base32/a": False, "/metrics/job/plain/a.b/v": False, "/metrics/job/plain/a%20b/v": False,
    "/metrics/job/plain/U__a_2e_b/v": True, "/metrics/job/plain/U__a__b/v": True, "/metrics/job/plain/U__x/v": True,
    "/metrics/job/plain/U____name__/v": True, "/metrics/job/plain/U__a_2E_b@base64/dg": True,
}
PATHS += [path for path in UTF8_PATHS if path not in PATHS]
PATHS += [f"/metrics/job/plain/U{path}" for path in ("__a_zz_/v", "__a_d800_/v", "__/v", "______x/v")]


def requests():
    """Yields name, method, path, body, headers."""
    for method, (name, body) in itertools.product(["PUT", "POST"], TEXT_BODIES.items()):
        path = "/metrics/job/text/case/" + base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
        yield f"{method} text {name}", method, path, body, {}
    for method, path in itertools.product(["PUT", "POST", "DELETE"], PATHS):
        yield f"{method} path {path}", method, path, None if method == "DELETE" else "path_metric 1\n", {}
    for method, (name, body) in itertools.product(["PUT", "POST"], PROTOBUF_BODIES.items()):
        yield f"{method} protobuf {name}", method, f"/metrics/job/protobuf/case/{name.replace(' ', '_')}", body, {"Content-Type": PROTOBUF}
    for method, (name, body) in itertools.product(["PUT", "POST"], UTF8_BODIES.items()):
        yield f"{method} utf8 {name}", method, f"/metrics/job/utf8/case/{name.replace(' ', '_')}", body, {}
    good = "coded 1\n".encode()
    for name, body, headers in [
        ("gzip", gzip.compress(good), {"Content-Encoding": "gzip"}), ("GZIP", gzip.compress(good), {"Content-Encoding": "GZIP"}),
        ("gzip that is none", good, {"Content-Encoding": "gzip"}), ("gzip cut", gzip.compress(good * 100)[:-10], {"Content-Encoding": "gzip"}),
        ("gzip empty", b"", {"Content-Encoding": "gzip"}), ("gzip of nothing", gzip.compress(b""), {"Content-Encoding": "gzip"}),
        ("gzip twice", gzip.compress(good) + gzip.compress(b"coded_too 2\n"), {"Content-Encoding": "gzip"}),
        ("unannounced gzip", gzip.compress(good), {}), ("identity", good, {"Content-Encoding": "identity"}),
        ("snappy", SNAPPY, {"Content-Encoding": "snappy"}), ("snappy that is none", good, {"Content-Encoding": "snappy"}),
        ("unknown coding", good, {"Content-Encoding": "br"}),
        ("gzip of protobuf", gzip.compress(PROTOBUF_BODIES["gauge"]), {"Content-Encoding": "gzip", "Content-Type": PROTOBUF}),
        ("text type", good, {"Content-Type": "text/plain; version=0.0.4"}), ("json type", good, {"Content-Type": "application/json"}),
        ("no version", good, {"Content-Type": "text/plain"}), ("broken type", good, {"Content-Type": ";;;"}),
        ("form", good, {"Content-Type": "application/x-www-form-urlencoded"}),
        ("protobuf text", good, {"Content-Type": "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text"}),
        ("protobuf of another message", good, {"Content-Type": "application/vnd.google.protobuf; proto=other; encoding=delimited"}),
        ("protobuf type, text body", good, {"Content-Type": PROTOBUF}),
    ]:
        yield f"coding {name}", "PUT", "/metrics/job/coding/case/" + re.sub(r"\W", "_", name), body, headers
    yield from orders()
    for method, path in [
        ("GET", "/metrics/job/plain"), ("HEAD", "/metrics/job/plain"), ("PATCH", "/metrics/job/plain"), ("OPTIONS", "/metrics/job/plain"),
        ("PUT", "/metrics"), ("POST", "/metrics"), ("DELETE", "/metrics"), ("GET", "/-/healthy"), ("GET", "/-/ready"), ("GET", "/api/v1/metrics"),
        ("GET", "/api/v1/status"), ("PUT", "/api/v1/admin/wipe"), ("POST", "/api/v1/admin/wipe"), ("GET", "/api/v1/admin/wipe"),
        ("GET", "/nothing"), ("PUT", "/nothing"), ("DELETE", "/metrics/job/never/there/was"),
    ]:
        yield f"{method} {path}", method, path, None, {}


def orders():
    """Pushes whose order matters."""
    g, c = "# TYPE o_metric gauge\no_metric 1\n", "# TYPE o_metric counter\no_metric 1\n"
    steps = [
        ("PUT", "one", g), ("POST", "one", "o_other 1\n"), ("POST", "one", "o_metric 2\n"), ("POST", "one", g), ("PUT", "two", c), ("PUT", "two", g),
        ("POST", "one", c), ("DELETE", "two", None), ("PUT", "one", c), ("PUT", "two", g), ("PUT", "two", c), ("PUT", "one", "o_other 3\n"),
        ("PUT", "two", ""), ("POST", "two", ""), ("POST", "two", "o_x 1\n"), ("PUT", "three", "o_x 1\no_x 1\n"), ("PUT", "three", "o_x 1\n"),
        ("POST", "three", "o_y 1 5\n"), ("POST", "three", "o_y 1\n"), ("PUT", "three", ""), ("DELETE", "three", None), ("DELETE", "three", None),
        ("PUT", "four", "# HELP o_help One.\no_help 1\n"), ("PUT", "five", "# HELP o_help Other.\no_help 1\n"),
        ("PUT", "six", "# TYPE o_h histogram\no_h_bucket{le=\"+Inf\"} 1\no_h_sum 1\no_h_count 1\n"), ("PUT", "seven", "o_h_count 1\n"),
        ("PUT", "seven", "o_h_sum 1\n"), ("PUT", "seven", "o_h_bucket 1\n"), ("DELETE", "six", None), ("PUT", "seven", "o_h_count 1\n"),
        ("PUT", "six", "# TYPE o_h histogram\no_h_bucket{le=\"+Inf\"} 1\no_h_sum 1\no_h_count 1\n"), ("DELETE", "seven", None),
        ("PUT", "six", "# TYPE o_h summary\no_h_sum 1\no_h_count 1\n"), ("PUT", "eight", "# TYPE o_h histogram\no_h_count 1\n"),
        ("PUT", "nine", "# TYPE push_time_seconds counter\npush_time_seconds 1\n"), ("POST", "nine", "push_failure_time_seconds 7\n"),
    ]
    for number, (method, group, body) in enumerate(steps):
        yield f"order {number} {method} {group}", method, f"/metrics/job/order/group/{group}", body, {}
    # The same samples from two groups, for one group's labels are among the other's samples.
    for number, (method, path, body) in enumerate([
        ("PUT", "/metrics/job/same", 'same{x="1"} 1\n'), ("PUT", "/metrics/job/same/x/1", "same 1\n"), ("PUT", "/metrics/job/same/x/2", "same 1\n"),
        ("POST", "/metrics/job/same", 'same{x="2"} 1\n'), ("DELETE", "/metrics/job/same", None), ("PUT", "/metrics/job/same/x/1", "same 1\n"),
        ("PUT", "/metrics/job/same", 'same{x="1"} 1\nsame{x="3"} 1\n'), ("DELETE", "/metrics/job/same/x/1", None),
        ("PUT", "/metrics/job/same", 'same{x="1"} 1\nsame{x="3"} 1\n'),
    ]):
        yield f"same {number} {method} {path}", method, path, body, {}
