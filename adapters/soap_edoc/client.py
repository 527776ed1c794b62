"""The client: zeep over the WSDL of this folder, and requests for HTTP. What comes of a call is a result, or a fault."""

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, Final

import requests
import zeep
from lxml import etree
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from gateway.sdk import Context, Misconfigured, Transient, Undeliverable
from gateway.sdk.blocking import THREADS
from gateway.sdk.http import Connection
from gateway.sdk.http_address import BarredError, Gate
from gateway.sdk.http_answers import fault, retry_after, words

from .gated import pools

WSDL: Final = Path(__file__).with_name("edoc.wsdl")
BINDING: Final = "{http://www.e-doc.vn/Schema/}EdocServiceSoap11"
READ_SECONDS: Final = 300.0
"""A call is given up by the hub long before; this lets its thread end, where the other side never answers."""
ANSWER_BYTES: Final = 96 * 1024 * 1024
"""Of an answer: an envelope as large as the hub takes, 50 MiB, in base64."""
CHUNK: Final = 256 * 1024
SAID: Final = 4096
"""Octets of an answer in which words are looked for."""
ENVELOPES: Final = frozenset({200, 400, 500})
"""Statuses whose body is an envelope, a fault in the latter two; any other says enough by itself."""
PERMISSION: Final = frozenset({"Permission", "CheckPermission"})
"""Errors that say: whoever calls is not known or not let in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as zeep wants it."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str = "utf-8"


class Auth(AuthBase):
    """User name and password, or a token. The secret is read for each request: a new one only needs to be written to its file."""

    def __init__(self, context: Context, user: str | None, file: Path, setting: str) -> None:
        self._context, self._user, self._file, self._setting = context, user, file, setting

    def secret(self) -> str:
        """Read the secret. Raises `Misconfigured`."""
        return self._context.secret(self._file, self._setting)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        secret = self.secret()
        if self._user is not None:
            signed: requests.PreparedRequest = HTTPBasicAuth(self._user.encode(), secret.encode())(request)
            return signed
        if not re.fullmatch(r"[!-~]+", secret):
            raise Misconfigured("link-misconfigured", detail=f"{self._setting}: {self._file}: [!-~]+")
        request.headers["Authorization"] = f"Bearer {secret}"
        return request


class Transport(zeep.Transport):
    """Posts an envelope. No redirect is followed, no answer read without end, and nothing of either is logged."""

    def __init__(self, session: requests.Session, connect_seconds: float, context: Context) -> None:
        super().__init__(session=session)  # type: ignore[no-untyped-call]  # of zeep little is typed
        self._timeout = (connect_seconds, READ_SECONDS)
        self._context = context

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            with closing(
                self.session.post(
                    address, data=message, headers=headers, timeout=self._timeout, allow_redirects=False, stream=True
                )
            ) as response:
                return self._reply(response)
        except requests.RequestException as error:  # its words may have addresses in them
            raise _meant(error) from None

    def _reply(self, response: requests.Response) -> Reply:
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Transient("receiver-failed", detail="Content-Encoding")
        most = ANSWER_BYTES if response.status_code in ENVELOPES else SAID
        content = bytearray()
        for chunk in response.iter_content(CHUNK):
            content += chunk
            if len(content) > most:
                break
        status = response.status_code
        if status not in ENVELOPES or (status != 200 and b"Fault" not in content):
            again = retry_after(response.headers.get("Retry-After", ""), self._context.now())
            auth = self.session.auth
            secrets = (auth.secret(),) if isinstance(auth, Auth) else ()
            raise fault(status, words(bytes(content[:SAID]), secrets), again)
        if len(content) > most:
            raise Transient("receiver-failed", detail=f"> {most} byte")
        return Reply(status_code=status, headers=response.headers, content=bytes(content))


class Client:
    """Calls the verbs of the WSDL."""

    def __init__(self, service: Any, auth: Auth | None) -> None:
        self._service = service
        self._auth = auth

    def call(self, verb: str, **given: Any) -> Any:
        """Give the result of a call, whatever its `status`. Raises `Transient`, `Undeliverable` and `Misconfigured`."""
        try:
            result = self._service[verb](**given)
        except zeep.exceptions.Fault as error:
            raise self._of_fault(error) from None
        except (zeep.exceptions.Error, etree.LxmlError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise Transient("receiver-failed", detail=f"{verb}: {type(error).__name__}") from None
        if getattr(result, "status", None) not in {"Success", "Fail", "Error"}:
            raise Transient("receiver-failed", detail=f"{verb}: status")
        return result

    def demand(self, result: Any) -> Any:
        """Give a result that is a success. Raises what it means that it is none."""
        if result.status == "Success":
            return result
        errors = [(str(each.code or ""), str(each.desc or "")) for each in result.errors or ()]
        said = self._words("; ".join(f"{code}: {desc}" for code, desc in errors))
        if result.status == "Error":
            raise Transient("receiver-failed", detail=said)
        if PERMISSION & {code for code, _ in errors}:
            raise Misconfigured("link-unauthorised", detail=said)
        raise Undeliverable("receiver-refused", detail=said)

    def _of_fault(self, error: Any) -> Misconfigured | Transient | Undeliverable:
        """Say what a fault code means (SOAP 1.1, 4.4.1): Client is our mistake in this call, Server is theirs."""
        code = str(error.code or "").rpartition(":")[2]
        said = self._words(f"{code}: {error.message or ''}")
        if re.search("auth", code, re.IGNORECASE):
            return Misconfigured("link-unauthorised", detail=said)
        if code in {"VersionMismatch", "MustUnderstand"}:
            return Misconfigured("link-misconfigured", detail=said)
        if code.partition(".")[0] == "Client":
            return Undeliverable("receiver-refused", detail=said)
        return Transient("receiver-failed", detail=said)

    def _words(self, said: str) -> str:
        return words(said.encode("utf-8", "replace"), (self._auth.secret(),) if self._auth else ())


@contextmanager
def connected(settings: Connection, context: Context, user: str | None, file: Path | None, setting: str) -> Iterator[Client]:
    """Read the WSDL and every file that the settings name. Raises `Misconfigured`."""
    auth = Auth(context, user, file, setting) if file is not None else None
    if auth is not None:
        auth.secret()
    with requests.Session() as session:
        session.trust_env = False
        session.auth = auth
        session.headers.update({"Accept-Encoding": "identity"})
        session.verify, session.cert = _tls(settings, context.folder)
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        adapter = HTTPAdapter(pool_maxsize=THREADS)
        adapter.poolmanager.pool_classes_by_scheme = pools(Gate(settings.networks))
        for scheme in ("http://", "https://"):
            session.mount(scheme, adapter)
        transport = Transport(session, settings.connect_seconds, context)
        session.headers["User-Agent"] = "Lienthong"
        reading = zeep.Settings(forbid_dtd=True, forbid_external=True, xml_huge_tree=True, xsd_ignore_sequence_order=True)
        described: Any = zeep.Client
        client = described(str(WSDL), transport=transport, settings=reading)
        yield Client(client.create_service(BINDING, str(settings.url)), auth)


def _meant(error: requests.RequestException) -> Misconfigured | Transient:
    """Say what it means that there was no answer; whether something can have arrived decides."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    cause = getattr(reason, "__cause__", None)
    if isinstance(cause, BarredError):
        return Misconfigured(
            "link-misconfigured",
            detail=f"networks: không được nối tới {cause.address}",
            detail_en=f"networks: {cause.address} may not be connected to",
        )
    name = type(cause or reason or error).__name__
    if isinstance(error, requests.exceptions.InvalidURL):
        return Misconfigured("link-misconfigured", detail=f"url: {name}")
    if isinstance(reason, NewConnectionError | ConnectTimeoutError) or isinstance(error, requests.exceptions.SSLError):
        return Transient("receiver-unreachable", detail=name)
    late = isinstance(error, requests.Timeout)
    return Transient("receiver-timeout" if late else "receiver-failed", detail=name)


def _tls(settings: Connection, folder: Path) -> tuple[str | bool, tuple[str, str] | str | None]:
    """Give what proves the other side, and what proves the hub to it, having tried both."""
    named = {name: getattr(settings, name) for name in ("ca_file", "certificate_file", "key_file")}
    ca, certificate, key = (str(folder / file) if file is not None else None for file in named.values())
    setting = "ca_file"
    try:
        context = ssl.create_default_context(cafile=ca)
        setting = "certificate_file, key_file"
        if certificate is not None:
            context.load_cert_chain(certificate, key, password="")  # or a terminal would be asked for it
    except OSError as error:  # ssl.SSLError is one
        raise Misconfigured("link-misconfigured", detail=f"{setting}: {type(error).__name__}") from error
    return ca or True, (certificate, key) if certificate and key else certificate
