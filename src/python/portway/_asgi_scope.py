"""What describes a request, from Portway to ASGI 3 and back (proposal 9, "The request", "Paths").

Knows no events, and calls nothing.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from . import _tls

AsgiScope = Dict[str, Any]
AsgiFields = List[Tuple[bytes, bytes]]

# What stays as it is when a path is percent-encoded, beside the unreserved characters.
_PATH_SAFE = "/:@!$&'()*+,;="


def to_asgi_scope(scope: Mapping[str, Any], forwarded: bool) -> AsgiScope:
    """The ASGI scope of a request. `forwarded` takes the place of `peer` and `scheme` if asked for."""
    path, mount = scope["path"], scope["mount"]
    scheme, client = scope["scheme"], _client(scope["peer"])
    claimed = scope["forwarded"] if forwarded else None
    if claimed is not None:
        scheme = claimed["proto"] or scheme
        client = (claimed["for"], 0) if claimed["for"] is not None else client
    made: AsgiScope = {
        "type": scope["type"],
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": scope["http_version"],
        "scheme": scheme,
        "path": decoded_path(path),
        "raw_path": path,
        "query_string": scope["query"] or b"",
        "root_path": decoded_path(mount) if mount else "",
        "headers": _headers(scope),
        "client": client,
        "server": _server(scope["local_address"]),
        "state": dict(scope["local"]["state"]),
    }
    if scope["type"] == "http":
        made["method"] = scope["method"].upper()
        extensions: Dict[str, Any] = {
            "http.response.trailers": {},
            "http.response.early_hint": {},
        }
        if 1 in scope["gateway"]["features"].get("http.file", ()):
            extensions["http.response.pathsend"] = {}
    else:
        made["scheme"] = "wss" if scheme == "https" else "ws"
        made["subprotocols"] = list(scope["subprotocols"])
        extensions = {"websocket.http.response": {}}
    if scope["tls"] is not None:
        extensions["tls"] = _tls_extension(scope["tls"])
    made["extensions"] = extensions
    return made


def decoded_path(path: bytes) -> str:
    """A path percent-decoded and decoded from UTF-8, with U+FFFD for what is not UTF-8."""
    if b"%" in path:
        path = unquote_to_bytes(path)
    return path.decode("utf-8", "replace")


def _headers(scope: Mapping[str, Any]) -> AsgiFields:
    authority = scope["authority"]
    if not authority:
        return [(name.encode("latin-1"), value) for name, value in scope["headers"]]
    fields = [(b"host", authority)]
    fields += [
        (name.encode("latin-1"), value) for name, value in scope["headers"] if name != "host"
    ]
    return fields


def _client(address: Optional[Mapping[str, Any]]) -> Optional[Tuple[str, int]]:
    # The path of a socket is not given: `client` is a host and a port.
    if address is None or address["port"] is None:
        return None
    return address["address"], address["port"]


def _server(address: Optional[Mapping[str, Any]]) -> Optional[Tuple[str, Optional[int]]]:
    return None if address is None else (address["address"], address["port"])


def _tls_extension(tls: Mapping[str, Any]) -> Dict[str, Any]:
    chain = tls["client_chain"]
    return {
        "server_cert": None,
        "client_cert_chain": [_tls.pem(certificate) for certificate in chain],
        "client_cert_name": _tls.subject(chain[0]) if chain else None,
        "client_cert_error": "unverified" if chain and not tls["verified"] else None,
        "tls_version": _tls.VERSIONS.get(tls["version"]),
        "cipher_suite": _tls.CIPHERS.get(tls["cipher"]),
    }


def to_request_fields(scope: Mapping[str, Any], peer_known: bool) -> Dict[str, Any]:
    """The fields of a Portway request that an ASGI scope of either type describes."""
    websocket = scope["type"] == "websocket"
    path, mount = encoded_paths(scope)
    query = scope.get("query_string") or None
    headers = tuple(
        (bytes(name).decode("latin-1").lower(), bytes(value)) for name, value in scope["headers"]
    )
    scheme = scope.get("scheme") or ("ws" if websocket else "http")
    if websocket:
        scheme = "https" if scheme == "wss" else "http"
    http_version = _VERSIONS.get(scope.get("http_version") or "1.1", "1.1")
    if websocket:
        method = "CONNECT" if http_version in ("2", "3") else "GET"
    else:
        method = scope["method"]
    transport = "quic" if http_version == "3" else "tls" if scheme == "https" else "tcp"
    client = scope.get("client") if peer_known else None
    return {
        "http_version": http_version,
        "method": method,
        "scheme": scheme,
        "authority": next((value for name, value in headers if name == "host"), b""),
        "target": path if query is None else path + b"?" + query,
        "path": path,
        "mount": mount,
        "query": query,
        "headers": headers,
        "content_length": _content_length(headers),
        "peer": _address(client, transport),
        "local_address": _address(scope.get("server"), transport),
        "forwarded": None,
        "tls": _tls_record((scope.get("extensions") or {}).get("tls")),
        "upgrade": None,
    }


_VERSIONS = {"1.0": "1.0", "1.1": "1.1", "2": "2", "2.0": "2", "3": "3", "3.0": "3"}


def encoded_paths(scope: Mapping[str, Any]) -> Tuple[bytes, bytes]:
    """`path` and `mount`, percent-encoded, as the row `to_asgi` of the table "Paths" says."""
    path = scope.get("raw_path")
    if path is None:
        path = quote_from_bytes(scope["path"].encode("utf-8", "replace"), _PATH_SAFE).encode()
    else:
        # Uvicorn has given text for WebSockets, and other servers have left the query in it.
        octets = path.encode("utf-8", "replace") if isinstance(path, str) else bytes(path)
        path = octets.partition(b"?")[0]
    root = (scope.get("root_path") or "").rstrip("/")
    if not root:
        return path or b"/", b""
    # Each place at which a segment ends, the end of the path among them.
    at = path.find(b"/", 1)
    while True:
        prefix = path if at < 0 else path[:at]
        if decoded_path(prefix) == root:
            return path, prefix
        if at < 0:
            break
        at = path.find(b"/", at + 1)
    mount = quote_from_bytes(root.encode("utf-8", "replace"), _PATH_SAFE).encode()
    return mount + path, mount


def _content_length(headers: Tuple[Tuple[str, bytes], ...]) -> Optional[int]:
    for name, value in headers:
        if name == "content-length":
            return int(value) if value.isdigit() and len(value) <= 15 else None
    return None


def _address(pair: Any, transport: str) -> Optional[Dict[str, Any]]:
    if not pair or not pair[0]:
        return None
    host, port = pair[0], pair[1]
    if port is None:
        return {"transport": "unix", "address": str(host), "port": None}
    return {"transport": transport, "address": str(host), "port": int(port)}


def _tls_record(tls: Optional[Mapping[str, Any]]) -> Optional[Dict[str, Any]]:
    if tls is None:
        return None
    chain = tuple(_tls.der(text) for text in tls.get("client_cert_chain") or ())
    return {
        "version": _tls.VERSION_NAMES.get(tls.get("tls_version")),  # type: ignore[arg-type]
        "cipher": _tls.CIPHER_NAMES.get(tls.get("cipher_suite")),  # type: ignore[arg-type]
        "alpn": None,
        "sni": None,
        "client_chain": chain,
        "verified": bool(chain) and not tls.get("client_cert_error"),
    }
