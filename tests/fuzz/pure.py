"""The pure functions, in process and thousands of times a second: damaged bytes raise Faults and nothing else, in time."""

import io
import time
from collections.abc import Callable
from random import Random

from gateway.core import archives, attachments, reading, signature, signing, sniffing, writing, xmlsafe
from gateway.core.faults import Fault
from tests import judging
from tests.documents import attachment, document
from tests.edxml import NAMES, TODAY, sample, schema
from tests.fuzz import octets, trees
from tests.fuzz.campaign import Tally
from tests.fuzz.failures import Failures
from tests.fuzz.mutation import XML_TOKENS, mutated, swollen
from tests.pki import pki

SLOWEST = 2.0
_PARTS = ("a1", "a2")


def _seeds() -> tuple[bytes, ...]:
    member = pki()["province"]
    plain = (writing.emit(document("1")), writing.emit(document("2", attachments=(attachment(),))), *map(sample, NAMES))
    return (*plain, *(signing.sign(data, certificate=member.certificate, key=member.key) for data in plain[:2]))


def _parse(data: bytes) -> None:
    xmlsafe.parse(data)


def _read(data: bytes) -> None:
    reading.read(xmlsafe.parse(data), schema(), today=TODAY)


def _examine(data: bytes) -> None:
    root = xmlsafe.parse(data)
    claim = signature.examine(root, parts=_PARTS[: len(data) % 3], legacy=len(data) % 2 == 0)
    if claim is not None:
        signature.verify(root, claim, pki()["province"].certificate, digest_part=lambda *_: b"")


def _judge(data: bytes) -> None:
    judging.judge(data)


def _decode(data: bytes) -> None:
    attachments.decode(data.decode("utf-8", "replace"), "a.zip" if len(data) % 5 == 0 else "a.pdf")


def _sniff(data: bytes) -> None:
    sniffing.media_type(io.BytesIO(data))
    try:
        archives.contents(io.BytesIO(data))
    except archives.Overfull:
        return


def _name(data: bytes) -> None:
    name = attachments.safe_name(data.decode("utf-8", "surrogateescape"))
    assert name, "an empty name"
    assert not set(name) & set('<>:"/\\|?*\0\n\r'), "a name with a forbidden character"


_XML_FUNCTIONS = (_parse, _read, _examine, _judge)
_FUNCTIONS: tuple[Callable[[bytes], None], ...] = (*_XML_FUNCTIONS, *_XML_FUNCTIONS, _decode, _sniff, _name)


class PureFuzz:
    """Calls functions of the core with damaged bytes."""

    def __init__(self, failures: Failures, *, seed: int) -> None:
        self.tally = Tally()
        self._failures = failures
        self._chance = Random(f"pure:{seed}")  # noqa: S311  no secret: the same calls again
        self._seeds = _seeds()

    def run(self, until: float) -> None:
        """Go on until a moment of the monotonic clock."""
        while time.monotonic() < until:
            function = self._chance.choice(_FUNCTIONS)
            self._call(function, self._bytes(function))

    def _bytes(self, function: Callable[[bytes], None]) -> bytes:
        chance = self._chance
        if function is _decode:
            return mutated(octets.encoded(octets.content(chance), chance).encode(), chance, octets.BASE64_TOKENS)
        if function is _sniff:
            return octets.content(chance)
        if function is _name:
            return mutated(chance.choice(octets.NAMES).encode(), chance)
        data = chance.choice(self._seeds)
        if chance.random() < 0.3:
            return trees.styled(trees.mutated(data.decode().partition("?>")[2] or data.decode(), chance), chance).encode()
        return swollen(data, chance) if chance.randrange(60) == 0 else mutated(data, chance, XML_TOKENS)

    def _call(self, function: Callable[[bytes], None], data: bytes) -> None:
        name, started = f"core: {function.__name__[1:]}", time.perf_counter()
        try:
            function(data)
        except Fault as fault:
            self.tally.counts[name, type(fault).__name__] += 1
        except Exception as error:  # noqa: BLE001  anything else is the find
            self._failures.save(name, f"{type(error).__name__}: {error}"[:100], data)
            self.tally.counts[name, "!"] += 1
        else:
            self.tally.counts[name, "ok"] += 1
        if time.perf_counter() - started > SLOWEST and self._is_slow(function, data):
            self._failures.save(name, "slow", data)

    def _is_slow(self, function: Callable[[bytes], None], data: bytes) -> bool:
        """Look again, by the time of the processor: the machine may have been busy."""
        started = time.process_time()
        try:
            function(data)
        except Exception:  # noqa: BLE001  it was judged before
            return time.process_time() - started > SLOWEST
        return time.process_time() - started > SLOWEST
