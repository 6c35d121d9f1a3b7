"""Bytes that attackers send, and what each is to be answered with.

Behind every attack stands a smuggled request, whole and right, which registers a person named after the
attack: whoever takes the attack's bytes for something else than they are registers them.
"""

import json

HOST = b"Host: clinic\r\n"
MIB = 1 << 20


def register(name, headers=b""):
    """A request that registers a person."""
    body = json.dumps({"email": f"{name}@smuggled.example", "password": "securePassword123!",
                       "full_name": name}).encode()
    return (b"POST /api/auth/register HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
            + headers +
            b"Content-Length: %d\r\n\r\n" % len(body) + body)


def post(*headers, path=b"/api/auth/logout"):
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + b"".join(h + b"\r\n" for h in headers) + b"\r\n"


def get(path=b"/livez", headers=b""):
    return b"GET " + path + b" HTTP/1.1\r\n" + HOST + headers + b"\r\n"


def header_lines(count):
    return b"".join(b"X-%d: y\r\n" % number for number in range(count))


def endless_chunks():
    """Chunks of 32 KiB, more of them than a body may have bytes, and no end."""
    return (b"8000\r\n" + b"x" * 0x8000 + b"\r\n") * (MIB // 0x8000 + 2)


CHUNKED = b"Transfer-Encoding: chunked"

# The bytes before the smuggled request, and the status of the answer.
REFUSED = {
    "length-and-encoding": (post(b"Content-Length: 4", CHUNKED) + b"0\r\n\r\n", 400),
    "encoding-and-length": (post(CHUNKED, b"Content-Length: 4") + b"0\r\n\r\n", 400),
    "two-lengths": (post(b"Content-Length: 0", b"Content-Length: 300"), 400),
    "two-equal-lengths": (post(b"Content-Length: 0", b"Content-Length: 0"), 400),
    "list-of-lengths": (post(b"Content-Length: 0, 0"), 400),
    "signed-length": (post(b"Content-Length: +0"), 400),
    "length-beyond-64-bits": (post(b"Content-Length: 18446744073709551616"), 413),
    "space-before-colon": (post(b"Transfer-Encoding : chunked") + b"0\r\n\r\n", 400),
    "encoding-twice": (post(b"Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n", 400),
    "encoding-almost": (post(b"Transfer-Encoding: xchunked") + b"0\r\n\r\n", 400),
    "encoding-identity": (post(b"Transfer-Encoding: identity"), 400),
    "encoding-of-http-1.0": (b"POST / HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n\r\n0\r\n\r\n", 400),
    "folded-encoding": (post(b"X: y", b" Transfer-Encoding: chunked") + b"0\r\n\r\n", 400),
    "chunk-size-beyond-64-bits": (post(CHUNKED) + b"10000000000000000\r\n", 413),
    "chunk-size-signed": (post(CHUNKED) + b"-0\r\n\r\n", 400),
    "chunk-with-bare-line-feed": (post(CHUNKED) + b"0\n\n", 400),
    "chunk-longer-than-it-says": (post(CHUNKED) + b"1\r\nxyz\r\n0\r\n\r\n", 400),
    "chunks-without-end": (post(CHUNKED) + endless_chunks(), 413),
    "chunk-extension-without-end": (post(CHUNKED) + b"1;" + b"x" * MIB, 400),
    "trailers-without-end": (post(CHUNKED) + b"0\r\n" + header_lines(20_000), 431),
    "body-over-1-mib": (post(b"Content-Length: %d" % (MIB + 1)) + b"x" * MIB, 413),
    "body-over-1-mib-expected": (post(b"Expect: 100-continue", b"Content-Length: %d" % (MIB + 1)),
                                 413),
    "gzip-bomb": (post(b"Content-Encoding: gzip", b"Content-Length: 0"), 415),
    "gzip-bomb-as-transfer": (post(b"Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n", 501),
    "no-host": (b"GET /livez HTTP/1.1\r\n\r\n", 400),
    "two-hosts": (get(headers=b"Host: other\r\n"), 400),
    "bare-line-feeds": (b"GET /livez HTTP/1.1\nHost: clinic\n\n", 400),
    "bare-returns": (b"GET /livez HTTP/1.1\rHost: clinic\r\r", 400),
    "nul-in-a-header": (get(headers=b"X: a\0b\r\n"), 400),
    "control-in-a-header": (get(headers=b"X: a\x0bb\r\n"), 400),
    "nul-in-the-path": (get(b"/liv\0ez"), 400),
    "encoded-nul-in-the-path": (get(b"/livez%00"), 400),
    "encoded-line-break-in-the-path": (get(b"/livez%0d%0aX:%20y"), 400),
    "dot-segments": (get(b"/api/../livez"), 400),
    "100000-headers": (get(headers=header_lines(100_000)), 431),
    "one-endless-header": (b"GET /livez HTTP/1.1\r\nX: " + b"x" * MIB, 431),
    "a-head-without-a-line": (b"x" * MIB, 501),
    "a-path-of-8-kib-and-one": (get(b"/" + b"x" * (8 << 10)), 414),
    "an-endless-path": (b"GET /" + b"x" * MIB, 414),
    "an-unknown-method": (b"BREW /livez HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    "a-tunnel": (b"CONNECT clinic:80 HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    "http-2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "an-unknown-expectation": (post(b"Expect: miracles", b"Content-Length: 0"), 417),
}

# Requests that are whole, and refused for what they ask. Their body is the smuggled request; the
# connection goes on behind it.
ANSWERED = {
    "to-nowhere": ((), b"/api/nowhere", 404),
    "to-what-cannot-be-posted-to": ((), b"/livez", 405),
    "without-a-token": ((b"Content-Type: application/json",), b"/api/appointments", 401),
    "of-no-media-type": ((), b"/api/auth/login", 415),
    "that-is-no-json": ((b"Content-Type: application/json",), b"/api/auth/login", 400),
}
