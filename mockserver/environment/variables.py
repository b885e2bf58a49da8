"""The environment variables that route the requests of a program, and its children, to a server.

Variables that are set already are extended, never lost. The variables of each client were
determined by running it; the documentation has the table.
"""

import json
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from mockserver.environment.trust_files import PASSWORD, TrustFiles

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Clients that read these variables trust the file in addition to their own roots.
_ADDED_ROOTS = ("NODE_EXTRA_CA_CERTS", "DENO_CERT")
# Clients that read these variables trust the file instead of their own roots, which are those of
# `certifi` ...
_CERTIFI_ROOTS = ("REQUESTS_CA_BUNDLE", "PIP_CERT", "HTTPLIB2_CA_CERTS", "AWS_CA_BUNDLE")
# ... or of the system.
_SYSTEM_ROOTS = (
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "CARGO_HTTP_CAINFO",
    "PERL_LWP_SSL_CA_FILE",
    "NIX_SSL_CERT_FILE",
)
_STARTUP = Path(__file__).with_name("startup")

Variables = Mapping[str, str]


def _sh(variables: Variables) -> str:
    return _lines(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


def _fish(variables: Variables) -> str:
    return _lines(f"set -gx {name} {_fish_quoted(value)}" for name, value in variables.items())


def _powershell(variables: Variables) -> str:
    # In single quotes nothing is special but the quote itself, which is doubled.
    return _lines(
        "$env:{} = '{}'".format(name, value.replace("'", "''")) for name, value in variables.items()
    )


def _json(variables: Variables) -> str:
    return json.dumps(variables, indent=2) + "\n"


def _dotenv(variables: Variables) -> str:
    return _lines(f"{name}={_dotenv_quoted(value)}" for name, value in variables.items())


def _fish_quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _dotenv_quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


SHELLS: Mapping[str, Callable[[Variables], str]] = {
    "sh": _sh,
    "fish": _fish,
    "powershell": _powershell,
    "json": _json,
    "dotenv": _dotenv,
}
"""By name, the function that writes variables for a shell or a format."""


class ServerAddress(NamedTuple):
    """The address of a server, and the hosts that it answers for.

    Attributes:
        url: Its address, `http://host:port`.
        vendor_urls: The base URL of each vendor there, by the vendor's name.
        hosts: The names of all hosts that it answers for.
    """

    url: str
    vendor_urls: Mapping[str, str]
    hosts: Sequence[str]


def client_variables(
    server: ServerAddress,
    files: TrustFiles,
    current: Mapping[str, str],
    direct_hosts: Sequence[str] = (),
) -> dict[str, str]:
    """Return the variables to set in a program's environment.

    Args:
        server: The server that receives the requests.
        files: Makes the certificate files that variables name.
        current: The environment that is extended.
        direct_hosts: Names of hosts that are reached without the proxy.
    """
    return {
        **_addresses(server, files),
        **_proxies(server, current, direct_hosts),
        **_roots(files, current),
        **_runtimes(server, files, current, direct_hosts),
        **_configuration_files(files, current),
    }


def _addresses(server: ServerAddress, files: TrustFiles) -> dict[str, str]:
    vendors = {
        f"TOKEN_MOCKSERVER_{name.upper()}_URL": url for name, url in server.vendor_urls.items()
    }
    return {
        "TOKEN_MOCKSERVER_URL": server.url,
        "TOKEN_MOCKSERVER_HOSTS": ",".join(server.hosts),
        "TOKEN_MOCKSERVER_CA": str(files.certificate),
        **vendors,
    }


def kept_direct_hosts(current: Variables) -> str:
    """Return the entries of NO_PROXY and of no_proxy in an environment, separated by commas."""
    return ",".join(filter(None, (current.get("NO_PROXY"), current.get("no_proxy"))))


def _proxies(
    server: ServerAddress, current: Mapping[str, str], direct_hosts: Sequence[str]
) -> dict[str, str]:
    # 20 of 22 clients send calls to loopback addresses to the proxy unless NO_PROXY names them.
    kept = _split(kept_direct_hosts(current), ",")
    direct = ",".join(dict.fromkeys([*kept, *_LOOPBACK, *direct_hosts]))
    proxies = {"HTTP_PROXY": server.url, "HTTPS_PROXY": server.url, "NO_PROXY": direct}
    return {spelling(name): value for name, value in proxies.items() for spelling in _CASES}


_CASES = (str.upper, str.lower)


def _roots(files: TrustFiles, current: Mapping[str, str]) -> dict[str, str]:
    added = {name: files.beside(current.get(name)) for name in _ADDED_ROOTS}
    certifi = {name: files.instead_of(current.get(name) or "certifi") for name in _CERTIFI_ROOTS}
    system = {name: files.instead_of(current.get(name) or "system") for name in _SYSTEM_ROOTS}
    return {name: str(path) for name, path in {**added, **certifi, **system}.items()}


def _runtimes(
    server: ServerAddress,
    files: TrustFiles,
    current: Mapping[str, str],
    direct_hosts: Sequence[str],
) -> dict[str, str]:
    """Return the variables of runtimes with their own options: Python, Node, Java, Perl."""
    preload = f'--require="{_STARTUP / "preload.cjs"}"'
    return {
        "PYTHONPATH": _extended(str(_STARTUP), current.get("PYTHONPATH"), ":"),
        "NODE_OPTIONS": _extended(current.get("NODE_OPTIONS"), preload, " "),
        "JAVA_TOOL_OPTIONS": _extended(
            current.get("JAVA_TOOL_OPTIONS"), _java_options(server, files, direct_hosts), " "
        ),
        "PERL_LWP_ENV_PROXY": "1",
    }


def _java_options(server: ServerAddress, files: TrustFiles, direct_hosts: Sequence[str]) -> str:
    parts = urlsplit(server.url)
    direct = "|".join(["localhost", "127.*", "[::1]", *direct_hosts])
    proxies = [
        f"-D{scheme}.proxy{part}={value}"
        for scheme in ("http", "https")
        for part, value in (("Host", parts.hostname), ("Port", parts.port))
    ]
    trust = [
        f"-Djavax.net.ssl.trustStore={files.java_trust_store()}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
        f"-Djavax.net.ssl.trustStorePassword={PASSWORD}",
    ]
    return " ".join([*proxies, f"-Dhttp.nonProxyHosts={direct}", *trust])


def _configuration_files(files: TrustFiles, current: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of clients that read certificates only from a configuration file."""
    home = Path(current.get("HOME", ""))
    php = files.php_settings()
    return {
        "WGETRC": str(files.wget_settings(Path(current.get("WGETRC") or home / ".wgetrc"))),
        "WGET2RC": str(files.wget2_settings(Path(current.get("WGET2RC") or home / ".wget2rc"))),
        # An empty entry is PHP's own folder of settings.
        "PHP_INI_SCAN_DIR": f"{current.get('PHP_INI_SCAN_DIR', '')}:{php}",
    }


def _extended(first: str | None, second: str | None, separator: str) -> str:
    return separator.join(part for part in (first, second) if part)


def _split(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]
