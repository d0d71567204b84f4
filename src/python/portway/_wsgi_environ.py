"""The environment of WSGI 1 from a scope, and what a scope says from an environment.

Pure functions over the table "What describes the request" of proposal 9. They know
neither threads nor events.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any, Dict, List, Mapping, Optional, Tuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_PROTOCOLS = {"1.0": "HTTP/1.0", "1.1": "HTTP/1.1", "2": "HTTP/2", "3": "HTTP/3"}
_VERSIONS = {
    "HTTP/0.9": "1.0",
    "HTTP/1.0": "1.0",
    "HTTP/1.1": "1.1",
    "HTTP/2": "2",
    "HTTP/2.0": "2",
    "HTTP/3": "3",
    "HTTP/3.0": "3",
}
_UNENCODED = "/:@!$&'()*+,;="
"""What percent-encoding leaves, besides the unreserved characters ([adapter.path])."""

_variables: Dict[str, Optional[str]] = {"content-length": None, "proxy": None}
"""The variable of each field name met so far, or None for one that is left out."""
_variables["content-type"] = "CONTENT_TYPE"
_MOST_VARIABLES = 512


def environ_of(scope: Mapping[str, Any], forwarded: bool = False) -> Dict[str, Any]:
    """The variables that describe the request; those of ``wsgi.`` but the scheme apart.

    With ``forwarded``, what a trusted proxy says takes the place of peer and scheme.
    """
    scheme = scope["scheme"]
    said = scope["forwarded"] if forwarded else None
    if said is not None and said["proto"] is not None:
        claimed = said["proto"].lower()
        scheme = claimed if claimed in _DEFAULT_PORTS else scheme
    script_name, path_info = _split(scope["path"], scope["mount"])
    query = scope["query"]
    environ: Dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": script_name,
        "PATH_INFO": path_info,
        "QUERY_STRING": "" if query is None else query.decode("latin-1"),
        "SERVER_PROTOCOL": _PROTOCOLS[scope["http_version"]],
        "wsgi.url_scheme": scheme,
    }
    _set_addresses(environ, scope, scheme, said)
    if scope["content_length"] is not None:
        environ["CONTENT_LENGTH"] = str(scope["content_length"])
    authority = scope["authority"]
    for name, value in scope["headers"]:
        variable = _variables.get(name, "")
        if variable == "":
            variable = _variable(name)
        if variable is None or (variable == "HTTP_HOST" and authority):
            continue
        text = value.decode("latin-1")
        if variable in environ:
            joint = "; " if variable == "HTTP_COOKIE" else ", "
            text = environ[variable] + joint + text
        environ[variable] = text
    if authority:
        environ["HTTP_HOST"] = authority.decode("latin-1")
    return environ


def request_of(environ: Mapping[str, Any], peer_known: bool = True) -> Dict[str, Any]:
    """The fields of a scope that describe the request, but for those of the adapter.

    Without ``peer_known``, ``REMOTE_ADDR`` is what a field said, and the peer is null.
    """
    scheme = environ["wsgi.url_scheme"]
    transport = "tls" if scheme == "https" else "tcp"
    mount, path = _joined(environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", ""))
    query = environ.get("QUERY_STRING", "").encode("latin-1") or None
    peer = None
    if peer_known and environ.get("REMOTE_ADDR"):
        peer = _address(transport, environ["REMOTE_ADDR"], environ.get("REMOTE_PORT"))
    local_address = None
    if _is_address(environ.get("SERVER_NAME", "")):
        local_address = _address(transport, environ["SERVER_NAME"], environ.get("SERVER_PORT"))
    return {
        "http_version": _VERSIONS.get(environ.get("SERVER_PROTOCOL", ""), "1.1"),
        "method": environ["REQUEST_METHOD"],
        "scheme": scheme,
        "authority": environ.get("HTTP_HOST", "").encode("latin-1"),
        "target": path if query is None else path + b"?" + query,
        "path": path,
        "mount": mount,
        "query": query,
        "headers": _headers(environ),
        "content_length": _content_length(environ),
        "peer": peer,
        "local_address": local_address,
        "forwarded": None,
        "tls": None,
        "upgrade": None,
    }


def _variable(name: str) -> Optional[str]:
    """The variable of a field, or None by [wsgi.underscore-dropped]."""
    variable = None
    if "_" not in name:
        variable = "HTTP_" + name.upper().replace("-", "_")
    # A peer that makes names up is not to fill the memory with them.
    if len(_variables) < _MOST_VARIABLES:
        _variables[name] = variable
    return variable


def _split(path: bytes, mount: bytes) -> Tuple[str, str]:
    """``SCRIPT_NAME`` and ``PATH_INFO``. The prefix is cut while both are encoded."""
    if not mount:
        return "", _decoded(path)
    rest = path[len(mount) :]
    if not path.startswith(mount) or (rest and not rest.startswith(b"/")):
        raise ValueError(
            f"http.mount.boundary: {mount!r} is no prefix of {path!r} that ends at a segment"
        )
    return _decoded(mount), _decoded(rest)


def _decoded(path: bytes) -> str:
    if b"%" in path:
        path = unquote_to_bytes(path)
    return path.decode("latin-1")


def _set_addresses(
    environ: Dict[str, Any],
    scope: Mapping[str, Any],
    scheme: str,
    said: Optional[Mapping[str, Any]],
) -> None:
    local, peer = scope["local_address"], scope["peer"]
    if local is None or local["transport"] == "unix":
        environ["SERVER_NAME"] = "localhost"
        environ["SERVER_PORT"] = _DEFAULT_PORTS[scheme]
    else:
        port = local["port"]
        environ["SERVER_NAME"] = local["address"]
        environ["SERVER_PORT"] = _DEFAULT_PORTS[scheme] if port is None else str(port)
    if said is not None and said["for"] is not None:
        # An obfuscated or unknown node has no address, and the proxy's is not its own.
        node = said["for"].strip("[]")
        if _is_address(node):
            environ["REMOTE_ADDR"] = node
    elif peer is not None and peer["transport"] != "unix":
        environ["REMOTE_ADDR"] = peer["address"]
        if peer["port"] is not None:
            environ["REMOTE_PORT"] = str(peer["port"])


def _joined(script_name: str, path_info: str) -> Tuple[bytes, bytes]:
    """``mount`` and ``path``."""
    if script_name.endswith("/"):
        script_name = script_name[:-1]
    if script_name and path_info and not path_info.startswith("/"):
        path_info = "/" + path_info
    mount = _encoded(script_name)
    return mount, mount + _encoded(path_info) or b"/"


def _encoded(path: str) -> bytes:
    return quote_from_bytes(path.encode("latin-1"), safe=_UNENCODED).encode("ascii")


def _headers(environ: Mapping[str, Any]) -> Tuple[Tuple[str, bytes], ...]:
    headers: List[Tuple[str, bytes]] = []
    for variable, value in environ.items():
        if variable.startswith("HTTP_"):
            # These two have variables of their own.
            if variable in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"):
                continue
            name = variable[5:]
        elif variable in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            name = variable
        else:
            continue
        octets = value.strip(" \t").encode("latin-1")
        headers.append((name.replace("_", "-").lower(), octets))
    return tuple(headers)


def _content_length(environ: Mapping[str, Any]) -> Optional[int]:
    text = environ.get("CONTENT_LENGTH", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError(f"CONTENT_LENGTH is no length: {text!r}")
    return int(text)


def _address(transport: str, address: str, port: Any) -> Dict[str, Any]:
    digits = str(port)
    known = digits.isascii() and digits.isdigit()
    return {
        "transport": transport,
        "address": address,
        "port": int(digits) if known else None,
    }


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
