"""The systems that are compared: how each is installed and started, and its two requests.

W1 buys a token, W2 asks what a token says. The work is the same as far as a system can do it;
`note` says what it does instead.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from benchmarks.load import Ask
from benchmarks.peers.installing import Package, npm, ours, pip

_HERE = Path(__file__).parent
_PATH = "/ds-api/user-token"
_LOGIN = {"Authorization": f"Basic {b64encode(b'myUser:myPassword').decode()}"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_STS = {
    **_FORM,
    "Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/sts/aws4_request",
}


@dataclass(frozen=True)
class System:
    """`command` starts it, in its folder and at a port; `info` is W2 for what W1 answered.

    `own`: it is no peer, but this project.
    """

    name: str
    note: str
    package: Package
    command: Callable[[Path, int], Sequence[str]]
    token: Ask
    info: Callable[[bytes], Ask]
    own: bool = False


def _info(answered: bytes) -> Ask:
    token = json.loads(answered)["user-token"]
    return Ask("GET", f"{_PATH}?token={quote(token)}", 200, _LOGIN)


def _introspection(answered: bytes) -> Ask:
    token = json.loads(answered)["access_token"]
    return Ask("POST", "/introspect", 200, _FORM, f"token={token}")


def _identity(_: bytes) -> Ask:
    return Ask("POST", "/", 200, _STS, "Action=GetCallerIdentity&Version=2011-06-15")


def _serve(folder: Path, port: int) -> list[str]:
    return [str(folder / "bin" / "token-mockserver"), "serve", "--port", str(port)]


def _mountebank(folder: Path, port: int) -> list[str]:
    scripts = {
        method: (_HERE / "mountebank" / name).read_text()
        for method, name in (("POST", "token.js"), ("GET", "info.js"))
    }
    stubs = [
        {
            "predicates": [{"equals": {"method": method, "path": _PATH, "headers": _LOGIN}}],
            "responses": [{"inject": script}],
        }
        for method, script in scripts.items()
    ]
    imposter = {"protocol": "http", "port": port, "stubs": stubs}
    (folder / "imposters.json").write_text(json.dumps({"imposters": [imposter]}))
    flags = ["--allowInjection", "--localOnly", "--nologfile", "--loglevel", "error"]
    # A port for its own control interface has to be given; the next one is free, too.
    control = ["--port", str(port + 1), "--pidfile", str(folder / "mb.pid")]
    return ["node", "node_modules/.bin/mb", "--configfile", "imposters.json", *control, *flags]


def _wiremock(folder: Path, port: int) -> list[str]:
    (jar,) = (folder / "node_modules" / "wiremock" / "build").glob("*.jar")
    where = ["--root-dir", str(_HERE / "wiremock"), "--bind-address", "127.0.0.1"]
    return ["java", "-jar", str(jar), "--port", str(port), *where]


def _prism(_: Path, port: int) -> list[str]:
    document = str(_HERE / "prism" / "openapi.yaml")
    where = ["-h", "127.0.0.1", "-p", str(port), "--multiprocess", "false", "-v", "error"]
    return ["node", "node_modules/.bin/prism", "mock", *where, document]


def _moto(folder: Path, port: int) -> list[str]:
    return [str(folder / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]


def _mockserver(folder: Path, port: int) -> list[str]:
    (jar,) = (folder / "node_modules" / "mockserver-node").glob("*.jar")
    expectations = _HERE / "mockserver" / "expectations.json"
    settings = [
        f"-Dmockserver.initializationJsonPath={expectations}",
        "-Dmockserver.logLevel=ERROR",
        "-Dmockserver.localBoundIP=127.0.0.1",
    ]
    return ["java", *settings, "-jar", str(jar), "-serverPort", str(port)]


def _httpserver(folder: Path, port: int) -> list[str]:
    return [str(folder / "bin" / "python"), str(_HERE / "httpserver.py"), str(port)]


def _oauth2(_: Path, port: int) -> list[str]:
    return ["node", "node_modules/.bin/oauth2-mock-server", "-a", "127.0.0.1", "-p", str(port)]


_TOKEN = Ask("POST", _PATH, 201, _LOGIN)

SYSTEMS = (
    System(
        "token-mockserver",
        "signs equal claims once, HS256",
        ours(),
        _serve,
        _TOKEN,
        _info,
        own=True,
    ),
    System(
        "token-mockserver, uvloop",
        "signs equal claims once, HS256",
        ours("uvloop"),
        _serve,
        _TOKEN,
        _info,
        own=True,
    ),
    System(
        "mountebank",
        "signs, HS256, in a script",
        npm("mountebank", "2.9.1"),
        _mountebank,
        _TOKEN,
        _info,
    ),
    System("Prism", "a constant", npm("@stoplight/prism-cli", "5.14.2"), _prism, _TOKEN, _info),
    System(
        "WireMock", "a template, not signed", npm("wiremock", "3.13.2"), _wiremock, _TOKEN, _info
    ),
    System(
        "oauth2-mock-server",
        "signs, RS256; W2 introspects",
        npm("oauth2-mock-server", "8.2.3"),
        _oauth2,
        Ask("POST", "/token", 200, {**_FORM, **_LOGIN}, "grant_type=client_credentials"),
        _introspection,
    ),
    System("MockServer", "a constant", npm("mockserver-node", "8.0.0"), _mockserver, _TOKEN, _info),
    System(
        "pytest-httpserver",
        "signs, HS256, in a handler",
        pip("pytest-httpserver", "1.2.0"),
        _httpserver,
        _TOKEN,
        _info,
    ),
    System(
        "moto",
        "session tokens of AWS STS",
        pip("moto[server]", "5.2.5"),
        _moto,
        Ask("POST", "/", 200, _STS, "Action=GetSessionToken&Version=2011-06-15"),
        _identity,
    ),
)
"""Ours first: the others are compared with it."""
