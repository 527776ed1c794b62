"""The doors that take documents and status packages, and cases for each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from gateway.core import attachments, writing
from gateway.core.envelope import NAMESPACE, DocumentPackage
from gateway.core.model import Priority, StatusCode
from tests.documents import COMMUNE, DEPARTMENT, PDF, PROVINCE, attachment, status
from tests.edxml import NAMES as SAMPLES
from tests.edxml import sample
from tests.fuzz import octets, trees
from tests.fuzz.cases import Case, Headers
from tests.fuzz.hub import CHANNEL, Target, numbered
from tests.fuzz.mutation import MIME_TOKENS, mutated, swollen

BOUNDARY = "b0undary"
MULTIPART = f'multipart/related; type="application/xml"; boundary={BOUNDARY}'
ODD_MEDIA = (
    *(MULTIPART.replace(BOUNDARY, "x"), "multipart/related", f'{MULTIPART}; start="<a0>"', f"{MULTIPART};" * 40, "multipart/"),
    *("multipart/mixed; boundary=b0undary", 'multipart/related; boundary=""', f"multipart/related; boundary={'x' * 5000}"),
)
Door = Callable[[Target, Random, str], Case]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A valid package before it is signed, and who sends it."""

    sender: str
    text: str


@cache
def seeds() -> tuple[Seed, ...]:
    """Give packages in every shape that the field writes."""
    whole = numbered("1", attachments=(attachment(), attachment(octets.shapes()[0], content_id="a2", name="b.pdf")))
    packages = (
        numbered("1"),
        whole,
        numbered("1", priority=Priority.NORMAL, to=[DEPARTMENT]),
        numbered("1", attachments=(replace(attachment(), encoded=attachments.encode(PDF, "a.pdf")),)),
    )
    texts = [writing.emit(package).decode() for package in packages]
    old = [texts[1].replace(NAMESPACE, name) for name in ("http://www.go.vn/eDoc", "http://www.e-doc.vn/Schema/")]
    ours = [_moved_here(sample(name)) for name in SAMPLES if not name.startswith("status")]
    signed = [Seed(sender=PROVINCE, text=text) for text in (*texts, *old, *ours)]
    return (*signed, *(Seed(sender=CHANNEL, text=each.text.replace(PROVINCE, CHANNEL)) for each in signed))


def authorised(target: Target, organ: str, media: str = "application/xml") -> Headers:
    return (("Authorization", f"Bearer {target.tokens[organ]}"), ("Content-Type", media))


def envelope_bytes(target: Target, chance: Random, number: str) -> Case:
    """Damage the bytes of an envelope that was signed, or of one that needs no signature."""
    seed = chance.choice(seeds())
    text = trees.numbered(seed.text, number)
    data = text.encode() if seed.sender == CHANNEL else trees.signed(target.members[seed.sender], text, chance)
    data = swollen(data, chance) if chance.randrange(40) == 0 else mutated(data, chance)
    return Case(door="envelope bytes", path=_taking(chance), headers=authorised(target, seed.sender), body=data)


def envelope_tree(target: Target, chance: Random, number: str) -> Case:
    """Change the tree, and sign it again by the sender's key."""
    seed = chance.choice(seeds())
    text = trees.numbered(seed.text, number)
    if chance.random() < 0.9:
        text = trees.styled(trees.mutated(text, chance), chance)
    unsigned = seed.sender == CHANNEL or chance.random() < 0.1
    data = text.encode() if unsigned else trees.signed(target.members[seed.sender], text, chance)
    return Case(door="envelope tree", path=_taking(chance), headers=authorised(target, seed.sender), body=data)


def attached(target: Target, chance: Random, number: str) -> Case:
    """Hand in one to three odd attachments, inline."""
    sender = chance.choice((PROVINCE, CHANNEL))
    given = tuple(
        replace(
            attachment(content_id=f"a{place}", name=chance.choice(octets.NAMES)),
            encoded=octets.encoded(octets.content(chance), chance),
        )
        for place in range(chance.choice((1, 1, 2, 3)))
    )
    data = _written(target, numbered(number, sender=sender, attachments=given), sender)
    return Case(door="attachment", path=_taking(chance), headers=authorised(target, sender), body=data)


def multipart(target: Target, chance: Random, number: str) -> Case:
    """Hand in attachments as MIME parts, with the structure around them damaged or odd."""
    sender = chance.choice((PROVINCE, CHANNEL))
    names = [f"a{place}" for place in range(chance.choice((0, 1, 1, 2, 3)))]
    parts = {name: octets.content(chance) for name in names}
    listed = tuple(replace(attachment(content_id=name), encoded=None) for name in names)
    data = _written(target, numbered(number, sender=sender, attachments=listed), sender, parts)
    pieces = [_piece("root", data), *(_piece(name, content) for name, content in parts.items())]
    if chance.random() < 0.2:
        chance.shuffle(pieces)
        pieces = pieces[chance.randrange(2) :] + pieces[: chance.randrange(2)]
    body = b"".join(pieces) + f"--{BOUNDARY}--\r\n".encode()
    if chance.random() < 0.6:
        body = mutated(body, chance, MIME_TOKENS)
    media = chance.choice(ODD_MEDIA) if chance.random() < 0.2 else MULTIPART
    return Case(door="multipart", path=_taking(chance), headers=authorised(target, sender, media), body=body)


def status_package(target: Target, chance: Random, _number: str) -> Case:
    """Change a status package, as bytes or as a tree."""
    text = writing.emit(status(numbered("1"), chance.choice(list(StatusCode)), reporter=DEPARTMENT)).decode()
    damaged = chance.random() < 0.4
    data = mutated(text.encode(), chance) if damaged else trees.styled(trees.mutated(text, chance), chance).encode()
    return Case(door="status package", path="/api/v1/statuses", headers=authorised(target, DEPARTMENT), body=data)


def _written(target: Target, package: DocumentPackage, sender: str, parts: dict[str, bytes] | None = None) -> bytes:
    return writing.emit(package) if sender == CHANNEL else target.sign(package, sender, parts=parts)


def _piece(name: str, content: bytes) -> bytes:
    media = "application/xml" if name == "root" else "application/pdf"
    return f"--{BOUNDARY}\r\nContent-ID: <{name}>\r\nContent-Type: {media}\r\n\r\n".encode() + content + b"\r\n"


def _taking(chance: Random) -> str:
    """Most go to the door that keeps; some are only tried."""
    return "/api/v1/validations" if chance.random() < 0.1 else "/api/v1/documents"


def _moved_here(data: bytes) -> str:
    """Make a sample one of our own agencies'."""
    text = data.decode().partition("?>")[2].strip()
    return text.replace("000.00.00.H99", PROVINCE).replace("000.00.21.H99", DEPARTMENT).replace("H99.31.07", COMMUNE)
