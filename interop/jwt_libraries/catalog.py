"""The libraries, with the versions in which they are run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from interop.clients.runtimes import Node, NotInstalled, Python, Runtime, called, found, number

PROGRAMS = Path(__file__).with_name("programs")
_MAVEN = Path.home() / ".m2" / "repository"
_GO_SOURCES = "/usr/share/gocode"  # where Debian's packages of Go libraries put them


@dataclass(frozen=True)
class Debian:
    """A library from a package of Debian, in the version that this machine has.

    Args:
        name: Its language.
        words: The command that runs a program, or the compiler of one.
        linked: The arguments that follow the source; None if the program is not compiled.
    """

    name: str
    words: Sequence[str]
    linked: Sequence[str] | None = None

    def install(self, folder: Path) -> None:
        """Look if the language is there."""
        folder.mkdir(parents=True, exist_ok=True)
        found(self.words[0])

    def command(self, folder: Path, program: str) -> list[str]:
        """Return the command that runs one of the programs, after it was compiled if it must be."""
        if self.linked is None:
            return [*self.words, program]
        judge = folder / Path(program).stem
        if not judge.exists() or judge.stat().st_mtime < Path(program).stat().st_mtime:
            called(folder, *self.words, "-o", str(judge), program, *self.linked)
        return [str(judge)]

    def version(self, folder: Path, package: str) -> str:
        """Return the version of a package. Raises NotInstalled if it is not there."""
        upstream = number(called(folder, "dpkg-query", "-W", "-f", "${Version}", package))
        if not upstream:
            raise NotInstalled(f"{package} is not installed")
        return upstream


@dataclass(frozen=True)
class Jars:
    """A library for Java from the local repository of Maven."""

    paths: Sequence[str]
    name: str = "Java"

    def install(self, folder: Path) -> None:
        """Look if the files are there."""
        folder.mkdir(parents=True, exist_ok=True)
        found("java")
        for path in self.paths:
            if not (_MAVEN / path).exists():
                group, name, version, _ = path.rsplit("/", 3)
                artifact = f"{group.replace('/', '.')}:{name}:{version}"
                raise NotInstalled(f"run: mvn dependency:get -Dartifact={artifact}")

    def command(self, folder: Path, program: str) -> list[str]:
        """Return the command that compiles and runs one of the programs."""
        return ["java", "-cp", ":".join(str(_MAVEN / path) for path in self.paths), program]

    def version(self, folder: Path, package: str) -> str:
        """Return the version in the first path."""
        return self.paths[0].split("/")[-2]


@dataclass(frozen=True)
class Library:
    """A library in one version.

    Args:
        name: As the documentation shows it.
        argument: Which of the program's libraries it is.
        package: The package whose version counts.
        program: A file in `programs/`.
        runtime: What runs the program.
        folder: The name of the folder in which the library is installed.
    """

    name: str
    argument: str
    package: str
    program: str
    runtime: Runtime
    folder: str


_PYTHON = (
    ("PyJWT", "pyjwt", "PyJWT==1.7.1"),
    ("PyJWT", "pyjwt", "PyJWT==2.4.0"),
    ("PyJWT", "pyjwt", "PyJWT==2.8.0"),
    ("PyJWT", "pyjwt", "PyJWT==2.15.1"),
    ("python-jose", "python_jose", "python-jose==3.5.0"),
    ("Authlib", "authlib", "Authlib==1.9.10"),
    ("joserfc", "joserfc", "joserfc==1.8.0"),
    ("jwcrypto", "jwcrypto", "jwcrypto==1.6.1"),
    ("python-jwt", "python_jwt", "python-jwt==4.1.0"),
    ("jwt (Gehirn)", "gehirn_jwt", "jwt==1.4.0"),
)
_NODE = (
    ("jsonwebtoken", "jsonwebtoken", "8.5.1"),
    ("jsonwebtoken", "jsonwebtoken", "9.0.2"),
    ("jose", "jose", "4.15.9"),
    ("jose", "jose", "5.10.0"),
    ("jose", "jose", "6.1.0"),
    ("fast-jwt", "fast-jwt", "6.0.2"),
    ("@hapi/jwt", "@hapi/jwt", "3.2.0"),
    ("hono", "hono", "4.10.4"),
    ("jwt-simple", "jwt-simple", "0.5.6"),
    ("jsrsasign", "jsrsasign", "11.1.0"),
    ("jwt-decode", "jwt-decode", "4.0.0"),
    ("@node-rs/jsonwebtoken (Rust)", "@node-rs/jsonwebtoken", "0.5.11"),
)

_JOSE4J = (
    "org/bitbucket/b_c/jose4j/0.9.6/jose4j-0.9.6.jar",
    "org/slf4j/slf4j-api/1.7.33/slf4j-api-1.7.33.jar",
)
_DEBIAN = (
    (
        "Ruby",
        ("ruby",),
        "ruby_libraries.rb",
        (("ruby-jwt", "ruby_jwt", "ruby-jwt"), ("json-jwt", "json_jwt", "ruby-json-jwt")),
    ),
    (
        "Perl",
        ("perl",),
        "perl_libraries.pl",
        (
            ("Crypt::JWT", "Crypt::JWT", "libcrypt-jwt-perl"),
            ("Mojo::JWT", "Mojo::JWT", "libmojo-jwt-perl"),
            ("JSON::WebToken", "JSON::WebToken", "libjson-webtoken-perl"),
        ),
    ),
    ("Erlang", ("escript",), "erlang_jose.erl", (("erlang-jose", "", "erlang-jose"),)),
    ("Haskell", ("runghc",), "HaskellJwt.hs", (("jwt (Haskell)", "", "libghc-jwt-dev"),)),
)
_COMPILED = (
    (
        Debian("Go", ("env", "GO111MODULE=off", f"GOPATH={_GO_SOURCES}", "go", "build"), ()),
        "go_libraries.go",
        (
            ("golang-jwt", "golang-jwt", "golang-github-golang-jwt-jwt-dev"),
            ("go-jose", "go-jose", "golang-gopkg-square-go-jose.v2-dev"),
            ("jose2go", "jose2go", "golang-github-dvsekhvalnov-jose2go-dev"),
        ),
    ),
    (
        Debian("C", ("cc",), ("-ljwt", "-lcjose", "-ljose", "-ljansson")),
        "c_libraries.c",
        (
            ("libjwt", "libjwt", "libjwt0"),
            ("cjose", "cjose", "libcjose0"),
            ("libjose", "libjose", "libjose0"),
        ),
    ),
    (
        Debian("C", ("cc",), ("-lrhonabwy", "-ljansson")),
        "rhonabwy.c",
        (("rhonabwy", "", "librhonabwy-dev"),),
    ),
    (
        Debian(
            "C++", ("g++",), ("-lPocoJWT", "-lPocoJSON", "-lPocoFoundation", "-lssl", "-lcrypto")
        ),
        "cpp_libraries.cpp",
        (("cpp-jwt", "cpp-jwt", "libcpp-jwt-dev"), ("Poco", "Poco", "libpoco-dev")),
    ),
)


def libraries() -> Iterator[Library]:
    """Yield every library."""
    for name, argument, pinned in _PYTHON:
        package = pinned.partition("==")[0]
        yield Library(name, argument, package, "python_libraries.py", Python((pinned,)), pinned)
    for name, package, version in _NODE:
        folder = f"{package}-{version}".replace("/", "-")
        node = Node((f"{package}@{version}",))
        yield Library(name, package, package, "node_libraries.mjs", node, folder)
    yield Library("jose4j", "jose4j", "", "JavaLibraries.java", Jars(_JOSE4J), "java")
    for language, words, program, of_debian in _DEBIAN:
        for name, argument, package in of_debian:
            debian = Debian(language, words)
            yield Library(name, argument, package, program, debian, language)
    for compiled, program, of_debian in _COMPILED:
        for name, argument, package in of_debian:
            yield Library(name, argument, package, program, compiled, compiled.name)
