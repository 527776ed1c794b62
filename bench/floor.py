"""The two floors. Library: what a server made of the public libraries alone would do. Physical: the unavoidable arithmetic."""

import asyncio
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from lxml import etree
from signxml.verifier import XMLVerifier

from gateway.sdk.shipped import shipped

GROUP = 64
"""Documents that share one fsync, as in the ledger's group commit."""
_DS = "{http://www.w3.org/2000/09/xmldsig#}"


def physical(bodies: Sequence[bytes], certificate: x509.Certificate) -> float:
    """Parse, canonicalise, digest, verify (RSA) and sign (P-256) each body once in this process; give documents a second."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)  # noqa: S101  the bench's own sender
    pair = rsa.generate_private_key(65537, 2048)
    signature = pair.sign(b"x", padding.PKCS1v15(), hashes.SHA256())
    started = time.perf_counter()
    for body in bodies:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
        canonical = etree.tostring(root, method="c14n", exclusive=True)
        digest = hashes.Hash(hashes.SHA256())
        digest.update(canonical)
        digest.finalize()
        pair.public_key().verify(signature, b"x", padding.PKCS1v15(), hashes.SHA256())
        key.sign(canonical[:2048], ec.ECDSA(hashes.SHA256()))
    return len(bodies) / (time.perf_counter() - started)


class SharedFsync:
    """One writer thread: waiting bodies are written and fsynced together."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "journal").open("wb")
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._wake = threading.Condition()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._run, daemon=True).start()

    async def write(self, body: bytes) -> None:
        done = self._loop.create_future()
        with self._wake:
            self._waiting.append((body, done))
            self._wake.notify()
        await done

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._waiting))
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
            for body, _ in group:
                self._file.write(body)
            self._file.flush()
            os.fsync(self._file.fileno())
            self._loop.call_soon_threadsafe(_settle, [done for _, done in group])


def _settle(waiting: list[asyncio.Future[None]]) -> None:
    for done in waiting:
        done.set_result(None)


async def library(port: int, certificate: x509.Certificate) -> None:
    """Serve the library floor: aiohttp, lxml parse, XSD, signxml (certificate pinned), a P-256 signature, a share of an fsync."""
    schema = etree.XMLSchema(etree.parse(shipped("schemas") / "edxml" / "2016" / "document.xsd"))
    key = ec.generate_private_key(ec.SECP256R1())
    journal = SharedFsync(Path(tempfile.mkdtemp()))

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
        schema.validate(root)
        XMLVerifier().verify(root, x509_cert=certificate)
        signature = key.sign(body[:2048], ec.ECDSA(hashes.SHA256()))
        await journal.write(body)
        return web.Response(status=202, body=signature)

    app = web.Application(client_max_size=100 * 1024 * 1024)
    app.router.add_post("/api/v1/documents", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(library(int(sys.argv[1]), x509.load_pem_x509_certificate(Path(sys.argv[2]).read_bytes())))
