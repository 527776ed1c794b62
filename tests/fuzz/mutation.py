"""Mutations of bytes: small damage, nasty tokens, and repeats up to the limits. All chance is seeded."""

from random import Random

XML_TOKENS = (
    b"<!DOCTYPE a>",
    b'<!DOCTYPE a [<!ENTITY b "c">]>',
    b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:9/x"> %b;]>',
    b'<!DOCTYPE a PUBLIC "-//x" "http://127.0.0.1:9/x.dtd">',
    b"&b;",
    b"&#0;",
    b"&#xD800;",
    b"&#x1EBF;",
    b"&amp;",
    b"&lt;",
    b"&",
    b"<!-- x -->",
    b"<!--",
    b"-->",
    b"<?x y?>",
    b'<?xml version="1.0" encoding="UTF-16"?>',
    b'<?xml version="1.1"?>',
    b"<![CDATA[x]]>",
    b"<![CDATA[",
    b"]]>",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"+ADw-",
    b"\x00",
    b"\x0b",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\xef\xbf\xbd",
    b"\xef\xbf\xbe",
    b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xae",
    b"\xc2\x85",
    b"\r",
    b"\r\n",
    b"\t",
    b"<",
    b">",
    b"</",
    b"/>",
    b"'",
    b'"',
    b"=",
    b"]",
    b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
    b' xmlns:q="u"',
    b' xmlns=""',
    b' xmlns="http://www.w3.org/2000/09/xmldsig#"',
    b' xmlns:edXML="http://www.go.vn/eDoc"',
    b' Id="a" ID="a" id="a" xml:id="a"',
    b' a="1" a="2"',
    b' xsi:type="x"',
    b' xml:lang="vi"',
    b"<a/>",
    b"<a>" * 40,
    b"</edXML>",
    b"<edXML:edXMLEnvelope>",
    b"<edXMLEnvelope/>",
    b"<edXMLHeader/>",
    b"<MessageHeader/>",
    b"<To><OrganId>H56.40.02</OrganId></To>",
    b"<StatusCode>03</StatusCode>",
    b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>',
    b"<AttachmentEncoded><Attachment/></AttachmentEncoded>",
    b"<ContentId>cid:a1</ContentId>",
    b"<script>alert(1)</script>",
    b"%s%n{0.__class__}",
)
JSON_TOKENS = (
    *(b"null", b"NaN", b"-Infinity", b"1e999", b"-0", b"9" * 400, b"1" * 5000, b"0.1", b"true", b'"\\ud800"', b'"\\u0000"'),
    *(b"[" * 2000, b'{"a":' * 2000, b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"//", b"\xff", b"\xef\xbb\xbf", b"\x00"),
    *(b'"__proto__":{}', b'"delivery":"x"', b'"2026-02-30T00:00:00"', b'"9999-12-31T23:59:59+14:00"', b'"\xf0\x9f\x98\x80"'),
)
MIME_TOKENS = (
    *(b"--b0undary", b"--b0undary--", b"\r\n", b"\n", b"\r\n\r\n", b"\r", b"--", b"\x00", b"\xff", b"Content-ID: <a1>\r\n"),
    *(
        b"Content-ID: <>\r\n",
        b"Content-ID: \xff\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: x\r\n",
    ),
    *(
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Encoding: gzip\r\n",
    ),
    *(b"Content-Type: multipart/mixed; boundary=b0undary\r\n", b"Content-Type: \r\n", b"Content-Disposition: form-data\r\n"),
    *(b"Content-Disposition: attachment; filename*=utf-8''%ff\r\n", b"X: " + b"a" * 9000 + b"\r\n", b"no colon\r\n", b": \r\n"),
)
SIZES = (300, 10_000, 300_000)
HUGE = (3_000_000, 12_000_000, 52 * 1024 * 1024 + 7)
"""Beyond expat's and libxml2's own limits, and just over the envelope's."""
ONE_IN = 400
"""How rarely a case is huge: it costs as much as hundreds of others."""


def mutated(data: bytes, chance: Random, tokens: tuple[bytes, ...] = XML_TOKENS) -> bytes:
    """Damage some bytes in one to twenty places."""
    body = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 20))):
        if not body:
            body += chance.choice(tokens)
        _damage(body, chance, tokens)
    return bytes(body)


def swollen(data: bytes, chance: Random, tokens: tuple[bytes, ...] = XML_TOKENS) -> bytes:
    """Repeat a token or a passage until it is large."""
    at, start = chance.randrange(len(data) + 1), chance.randrange(len(data) or 1)
    piece = (
        chance.choice((chance.choice(tokens), data[start : start + chance.randrange(1, 300)], b"a", b" ", b"\n", b"<a>")) or b"a"
    )
    size = chance.choice(HUGE) if chance.randrange(ONE_IN) == 0 else chance.choice(SIZES)
    return data[:at] + piece * (size // len(piece)) + data[at:]


def _damage(body: bytearray, chance: Random, tokens: tuple[bytes, ...]) -> None:
    at, other = chance.randrange(len(body)), chance.randrange(len(body))
    match chance.randrange(8):
        case 0:
            body[at] ^= 1 << chance.randrange(8)
        case 1:
            body[at] = chance.randrange(256)
        case 2:
            del body[at : at + chance.randrange(1, 200)]
        case 3:
            body[at:at] = body[other : other + chance.randrange(1, 400)]
        case 4 | 5:
            body[at:at] = chance.choice(tokens)
        case 6:
            body[at : at + 20], body[other : other + 20] = body[other : other + 20], body[at : at + 20]
        case _ if chance.random() < 0.3:
            del body[at:]
        case _:
            body[at : at + 4] = chance.randbytes(4)
