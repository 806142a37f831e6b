"""Identity: what makes two pages, texts, sources, layers or annotations the same one."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

_SHORT = 16
_TRACKING = frozenset(("fbclid", "gclid", "mc_cid", "mc_eid", "ref", "share", "igshid"))
# What signs a request or says who made it; not what it is for.
_CREDENTIALS = (
    "access_token", "api_key", "apikey", "auth", "client_secret", "id_token", "jsessionid", "passwd", "password",
    "phpsessid", "pwd", "refresh_token", "secret", "session", "session_id", "sessionid", "sid", "sig", "signature",
    "token", "x-amz-credential", "x-amz-security-token", "x-amz-signature", "x-goog-credential", "x-goog-signature",
)  # fmt: skip
_NAMES = "|".join(name.replace("_", "(?:_|%5f)") for name in _CREDENTIALS)
_SECRETS = re.compile(
    rf"([?&#](?:{_NAMES})=)[^&#]*"  # a query's, or a fragment's like one
    rf"|(;(?:{_NAMES})=)[^/?#&;]*"  # a path's; a query's that is written as in HTML, behind &amp;
    r"|(\A\s*[a-z][a-z0-9+.-]*://)[^/?#\s]*@",  # user and password
    re.IGNORECASE,
)


def digest(*parts: str | bytes) -> str:
    """sha256 in hex over `parts`, each preceded by its length, so that no two different lists collide."""
    state = hashlib.sha256()
    for part in parts:
        body = part.encode() if isinstance(part, str) else part
        state.update(len(body).to_bytes(8, "big"))
        state.update(body)
    return state.hexdigest()


def page_id(body: bytes) -> str:
    """sha256 of a page's bytes, in hex."""
    return hashlib.sha256(body).hexdigest()


def doc_id(text: str) -> str:
    """First 16 hex digits of the sha256 of `text` in UTF-8: a span can never be applied to another text."""
    return hashlib.sha256(text.encode()).hexdigest()[:_SHORT]


def without_secrets(url: str) -> str:
    """`url` without user name and password, and without the values of parameters whose names are of credentials.

    The names stay, in any case of letters: `?token=x&id=7` becomes `?token=&id=7`. Other urls stay as they are.
    """
    return _SECRETS.sub(lambda found: found[found.lastindex or 0], url)


def canonical_url(url: str) -> str:
    """`url` without what does not change the page: case of the host, default port, tracking parameters, fragment.

    Secrets go too: a page is the same one in another session.
    """
    parts = urlsplit(without_secrets(url.strip()))
    host = (parts.hostname or "").removeprefix("www.")
    if parts.port and (parts.scheme, parts.port) not in (("http", 80), ("https", 443)):
        host = f"{host}:{parts.port}"
    # Escapes that are not UTF-8 (%C7 of windows-1256) stay what they are, else different pages would become one.
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
        if name.lower() not in _TRACKING and not name.lower().startswith("utm_")
    ]
    path = "/".join(
        quote(unquote(part, errors="surrogateescape"), safe=":@!$&'()*+,;=~-._", errors="surrogateescape")
        for part in parts.path.split("/")
    )
    asked = urlencode(sorted(query), errors="surrogateescape")
    return urlunsplit(("https", host, path.rstrip("/") or "/", asked, ""))


def source_id(path: str, url: str | None = None) -> str:
    """The handle of a source: hash of its canonical url, else of its path below the source root.

    The nth article of a page (n from 2) gets `#n` appended by the caller, see `article_source_id`.
    """
    try:
        name = canonical_url(url) if url else f"path:{path}"
    except ValueError:  # not a url that can be taken apart: its text is all there is
        name = f"url:{without_secrets(str(url))}"
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_SHORT]


def article_source_id(source: str, nth: int) -> str:
    """The source_id of the nth article (from 1) of a page."""
    return source if nth == 1 else f"{source}#{nth}"


@lru_cache(maxsize=1024)  # asked for every span of a layer
def layer_id(task: str, kind: str, producer: str, version: str, ontology: str, parent: str, round_: int) -> str:
    """The identity of a layer: the same work by the same hand on the same terms."""
    return digest(task, kind, producer, version, ontology, parent, str(round_))[:_SHORT]


def annotation_id(layer: str, doc: str, revision: int, start: int, end: int, label: str) -> str:
    """The identity of one annotation; a topic has start and end -1."""
    body = f"{layer}\0{doc}\0{revision}\0{start}\0{end}\0{label}".encode()
    # `digest` of one part, written out: there are millions of them.
    return hashlib.sha256(len(body).to_bytes(8, "big") + body).hexdigest()[:_SHORT]
