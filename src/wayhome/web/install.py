"""The page that helps to install the household's certificate, and the files for each kind of device.

It is the one thing that is also served in plain HTTP: a device that does not trust the hub yet must be able to get
here. What it serves is public, and the fingerprint to compare stands on the hub's console.
"""

from __future__ import annotations

import base64
import hashlib
import html
import plistlib
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from wayhome.errors import HubError, NotFound
from wayhome.hub.qr import svg
from wayhome.web.browser import SYSTEMS, System, browser
from wayhome.web.install_texts import FILES, STEPS, TEXTS, TITLES

type Headers = list[tuple[bytes, bytes]]

_STYLE = """
:root { color-scheme: dark light; --bg: #0a0e13; --surface: #121922; --text: #f4f7fa; --dim: #aebac6; --home: #ffb45e;
  --ok: #5bd99a }
@media (prefers-color-scheme: light) {
  :root { --bg: #f4f7fa; --surface: #fff; --text: #0a0e13; --dim: #465260; --home: #9a5a00; --ok: #0b7a45 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--text); font: 18px/1.5 Figtree, system-ui, sans-serif }
main { max-width: 44rem; margin: 0 auto; padding: 24px 16px }
section, details { background: var(--surface); border-radius: 24px; padding: 16px 24px; margin: 16px 0 }
h1 { font-size: 32px; line-height: 1.2 }
a { color: var(--home) }
li { margin: 12px 0 }
code { overflow-wrap: anywhere; font-size: 15px }
summary { font-weight: 600; cursor: pointer; min-height: 48px; display: flex; align-items: center }
svg { background: #fff; border-radius: 16px; max-width: 100% }
button, .go { display: inline-block; font: inherit; min-height: 56px; padding: 12px 24px; border: 0;
  border-radius: 16px; background: #ffb45e; color: #1a1206; text-decoration: none; cursor: pointer }
.dim { color: var(--dim) } .ok { color: var(--ok) } .top { text-align: right } [hidden] { display: none }
"""
# fetch succeeds only where the certificate is trusted, whatever the answer.
_SCRIPT = """
const look = document.querySelector("#look");
function show(id) { for (const part of look.children) part.hidden = part.id !== id }
async function check() {
  show("checking");
  try {
    await fetch(look.dataset.at + "/install/check", { mode: "no-cors", cache: "no-store" });
    show("trusted");
  } catch {
    show("untrusted");
  }
}
document.querySelector("#again").addEventListener("click", check);
check();
"""
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_NO_STORE = (b"cache-control", b"no-store")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


class Answer(msgspec.Struct, frozen=True):
    """A whole HTTP answer."""

    status: int
    body: bytes
    headers: Headers


def json_answer(error: HubError) -> Answer:
    """An error as RFC 9457 problem+json."""
    return Answer(error.status, msgspec.json.encode(error.problem()), [(b"content-type", b"application/problem+json")])


class Install:
    """Answers everything under ``/install``. ``root``: the household's certificate of the moment; ``host``: the
    hub's name and port for other devices, as ``wayhome.local:8300``."""

    def __init__(
        self, root: Callable[[], x509.Certificate], household: Callable[[], str | None], host: Callable[[], str]
    ) -> None:
        self._host = host
        self._root = root
        self._household = household

    def answer(self, scope: MutableMapping[str, Any]) -> Answer:
        """The answer to a request in an ASGI scope."""
        path = str(scope["path"]).rstrip("/")
        if scope["method"] not in ("GET", "HEAD"):
            return json_answer(NotFound("there is nothing to send here"))
        if path in ("", "/install"):
            return self._page(scope)
        root = self._root()
        if path == "/install/check":
            return Answer(204, b"", [_NO_STORE])
        if path == "/install/wayhome.mobileconfig":
            return _file(profile(root, self._household()), b"application/x-apple-aspen-config")
        if path == "/install/wayhome.crt":
            return _file(root.public_bytes(serialization.Encoding.DER), b"application/x-x509-ca-cert")
        if path == "/install/wayhome.pem":
            return _file(root.public_bytes(serialization.Encoding.PEM), b"application/x-pem-file")
        return json_answer(NotFound("there is no such file here"))

    def _page(self, scope: MutableMapping[str, Any]) -> Answer:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        accepted = headers.get(b"accept-language", "")
        language = "zh" if "lang=zh" in query or ("lang=" not in query and accepted.startswith("zh")) else "en"
        host = "".join(c for c in headers.get(b"host", "") if c.isalnum() or c in ".-:[]_")
        # On the hub's own machine the page is for other devices, and "localhost" would be themselves.
        if host.rpartition(":")[0].strip("[]") in ("localhost", "127.0.0.1", "::1"):
            host = self._host()
        body = page(self._root(), language, browser(headers.get(b"user-agent", "")).system, host)
        policy = (
            f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; connect-src https:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return Answer(
            200,
            body.encode(),
            [
                (b"content-type", b"text/html; charset=utf-8"),
                (b"content-security-policy", policy.encode()),
                _NO_STORE,
                _NOSNIFF,
                (b"referrer-policy", b"no-referrer"),
            ],
        )


def page(root: x509.Certificate, language: str, system: System, host: str) -> str:
    """The page as HTML, with the steps for ``system`` first."""
    words = TEXTS[language]
    mark = root.fingerprint(hashes.SHA256()).hex(":").upper()
    others = "".join(_steps(other, language, opened=False) for other in SYSTEMS if other != system)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{words["title"]}</title>'
        f"<style>{_STYLE}</style></head><body><main>"
        f'<p class="top"><a href="/install?lang={words["lang_code"]}">{words["lang"]}</a></p>'
        f"<h1>{words['title']}</h1><p>{words['why']}</p>"
        f'<section id="look" data-at="https://{html.escape(host)}" aria-live="polite">'
        f'<p id="checking">{words["checking"]}</p>'
        f'<div id="trusted" hidden><p class="ok">✓ {words["trusted"]}</p>'
        f'<a class="go" href="https://{html.escape(host)}/">{words["open"]}</a></div>'
        f'<div id="untrusted" hidden><p>{words["untrusted"]}</p><button id="again">{words["again"]}</button></div>'
        f"</section>{_steps(system, language, opened=True)}"
        f"<section><p>{words['compare']}</p><code>{mark}</code></section>"
        f'<h2 class="dim">{words["other"]}</h2><section><p>{words["scan"]}</p>'
        f"{svg(f'http://{host}/install')}</section>{others}"
        f"</main><script>{_SCRIPT}</script></body></html>"
    )


def profile(root: x509.Certificate, household: str | None) -> bytes:
    """The root as an iOS, iPadOS and macOS configuration profile."""
    der = root.public_bytes(serialization.Encoding.DER)
    # The same certificate is the same profile, so installing it again replaces it.
    ids = [str(uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(der).hexdigest() + part)).upper() for part in ("", "root")]
    title = f"{household or 'Wayhome'}: home certificate"
    common: dict[str, object] = {"PayloadVersion": 1, "PayloadDisplayName": title}
    content = common | {
        "PayloadType": "com.apple.security.root",
        "PayloadIdentifier": f"org.wayhome.root.{ids[1]}",
        "PayloadUUID": ids[1],
        "PayloadCertificateFileName": "wayhome.crt",
        "PayloadContent": der,
    }
    whole = common | {
        "PayloadType": "Configuration",
        "PayloadIdentifier": f"org.wayhome.home.{ids[0]}",
        "PayloadUUID": ids[0],
        "PayloadDescription": "Lets this device trust your household's hub, and nothing else.",
        "PayloadContent": [content],
    }
    return plistlib.dumps(whole)


def _steps(system: System, language: str, *, opened: bool) -> str:
    items = "".join(f"<li>{step.format(file='/install/' + FILES[system])}</li>" for step in STEPS[language][system])
    return f"<details{' open' if opened else ''}><summary>{TITLES[system]}</summary><ol>{items}</ol></details>"


def _file(content: bytes, kind: bytes) -> Answer:
    return Answer(
        200,
        content,
        [(b"content-type", kind), _NO_STORE, _NOSNIFF],
    )
