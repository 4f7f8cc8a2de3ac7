"""The canonical form of an article's address: what identifies it where its source gives no id of its own.

courlan, which trafilatura brings, is not used for this: it drops parameters that name articles (`cid`, `source`, `ref`)
and those without a value, so that two articles could become one.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import unquote, urlsplit

import idna

MAX_URL: Final = 2048
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IN_PATH: Final = _UNRESERVED | frozenset("/:@!$&'()*+,;=")
_IN_QUERY: Final = _IN_PATH | {"?"}
_TRIPLET: Final = re.compile(r"%[0-9a-fA-F]{2}|.", re.DOTALL)

_TRACKING_PREFIXES: Final = ("utm_", "mtm_", "matomo_", "piwik_", "pk_", "hsa_", "vero_", "oly_", "__hs", "_hs")
_TRACKING_NAMES: Final = (
    "fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid msclkid yclid ysclid twclid ttclid li_fat_id "
    "igsh igshid epik rdt_cid sccid mc_cid mc_eid mkt_tok ml_subscriber ml_subscriber_hash wickedid s_cid s_kwcid "
    "ref_src ref_url cmpid ncid xtor at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 at_link_id "
    "at_link_origin at_link_type at_bbc_team at_format at_ptr_name spm scm isappinstalled share_token"
)
_TRACKING: Final = frozenset(_TRACKING_NAMES.split())


def canonical_url(url: str) -> str:
    """Return one form for all ways to write an address.

    Scheme and host are lower case (IDNA for others than ASCII), the default port, the fragment, dot segments and
    tracking parameters are gone, percent-encoding is minimal and upper case. Parameters keep their order. Applying it
    again changes nothing.

    Raises:
        ValueError: it is not an absolute http or https address, or it holds credentials; the message says which.
    """
    url = url.strip()
    if _UNPRINTABLE.search(url):
        raise ValueError("must not contain spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is not a valid address") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError("must begin with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("must not contain a user name or a password")
    authority = _host(parts.hostname or "")
    if port not in (None, _DEFAULT_PORTS[parts.scheme]):
        authority += f":{port}"
    query = _query(parts.query)
    path = _without_dot_segments(_encoded(parts.path, _IN_PATH)) or "/"
    canonical = f"{parts.scheme}://{authority}{path}" + (f"?{query}" if query else "")
    if len(canonical) > MAX_URL:
        raise ValueError(f"must have at most {MAX_URL} characters when percent-encoded")
    return canonical


def _host(host: str) -> str:
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host).compressed}]"
        except ValueError:
            raise ValueError("has an IPv6 address that is not valid") from None
    try:
        if not host.isascii():
            host = idna.encode(host[:254], uts46=True).decode()
    except UnicodeError:
        raise ValueError("has a host name that is not valid") from None
    host = host.lower().removesuffix(".")
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise ValueError("has no valid host name")
    return host


def _query(query: str) -> str:
    kept = [part for part in _encoded(query, _IN_QUERY).split("&") if part and not _tracks(part)]
    return "&".join(kept)


def _tracks(parameter: str) -> bool:
    name = unquote(parameter.partition("=")[0]).lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _encoded(text: str, allowed: frozenset[str]) -> str:
    return _TRIPLET.sub(lambda match: _one(match[0], allowed), text)


def _one(piece: str, allowed: frozenset[str]) -> str:
    if len(piece) == 3:
        character = chr(int(piece[1:], 16))
        return character if character in _UNRESERVED else piece.upper()
    return piece if piece in allowed else "".join(f"%{byte:02X}" for byte in piece.encode())


def _without_dot_segments(path: str) -> str:
    """RFC 3986, 5.2.4, for absolute paths."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    return "".join(f"/{segment}" for segment in kept)
