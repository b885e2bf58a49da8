"""Every command and snippet of the documentation is executed and prints the output shown."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.command_line import COMMAND, LEAN, environment, serving
from tests.docs.snippets import Snippet, pages, snippets
from token_mockserver import TokenMock

SHOWN_ADDRESS = "127.0.0.1:7401"
CURL_PAGE = Path("docs/how-to/curl.md")
NOT_RUN = [
    ("CONTRIBUTING.md", "installs from the package index"),
    ("CONTRIBUTING.md", "a fragment of another distribution's pyproject.toml"),
    ("README.md", "installs from the package index; tests/installed runs the built wheel instead"),
    ("README.md", "this is the command that runs these tests"),
    ("docs/how-to/console.md", "it does not end by itself"),
    (
        "docs/how-to/console.md",
        "a part of a web page; tests/pages runs one like it in Chromium",
    ),
    (
        "docs/how-to/deployment.md",
        "needs a container engine; tests/installed runs the steps of the Dockerfile",
    ),
    (
        "docs/how-to/deployment.md",
        "needs a cluster; tox -e integrations renders the base and validates it "
        "against the schemas",
    ),
    (
        "docs/how-to/team-server.md",
        "needs a Redis server at that name; tests/storage runs a real one",
    ),
    (
        "docs/how-to/verify.md",
        "calls the vendors' real services; tests run verify against local stand-ins",
    ),
    ("examples/README.md", "`tox -e examples` runs these commands in this folder"),
]
"""Each block that is marked `not run`, with its reason."""
PROGRAMS = {"js": "node", "java": "java", "go": "go", "ruby": "ruby", "php": "php", "perl": "perl"}
"""By the language of a page's files, the program that its commands run them with."""
OTHER_PROGRAMS = ("wget", "proxychains4", "unshare", "certutil", "chromium")
MARK = "<end of block>"
_SERVE = re.compile(r"^token-mockserver serve[^&]*$", re.MULTILINE)
_IS_TEST = re.compile(r"^\s*(?:async )?(?:def test_|class \w*Test)", re.MULTILINE)


def having(language: str) -> list[Path]:
    """Return the pages that have a block of this language which is run."""
    return [page for page in pages() if run_of(page, language)]


def needed_programs(page: Path) -> None:
    """Skip a test where a program is missing that the page's commands start."""
    started = {PROGRAMS[each.language] for each in snippets(page) if each.language in PROGRAMS}
    text = "".join(each.text for each in run_of(page, "sh"))
    started |= {program for program in OTHER_PROGRAMS if program in text}
    for program in ("curl", *sorted(started)):
        if shutil.which(program) is None:
            pytest.skip(f"NOT CHECKED: there is no {program} here")


def run_of(page: Path, language: str) -> list[Snippet]:
    return [each for each in snippets(page) if each.language == language and not each.not_run]


def comparable(printed: str) -> str:
    """Return a text without token ids, redaction tags and line feeds.

    A JSON answer ends without a line feed, so the next one begins on the same line.
    """
    printed = re.sub(r'"id":"[0-9a-f]{16}"', '"id":"..."', printed)
    return re.sub(r"redacted:[0-9a-f]{4}", "redacted:....", printed).replace("\n", "")


def shell_environment(**variables: str) -> dict[str, str]:
    """Return an environment in which `token-mockserver` and `python` are this interpreter's."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return environment(PATH=path, **variables)


def finished(
    command: list[str], folder: Path, text: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; it must exit with 0."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=shell_environment(**variables),
        input=text,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@contextmanager
def placed(page: Path, language: str, folder: Path) -> Iterator[list[Snippet]]:
    """Write the blocks that are named files into a folder; yield the others."""
    place(page, folder)
    yield [block for block in run_of(page, language) if not block.file_name]


def place(page: Path, folder: Path) -> None:
    """Write the blocks that are named files into a folder."""
    for block in snippets(page):
        if block.file_name and not block.not_run:
            (folder / block.file_name).write_text(block.text)


@pytest.mark.parametrize("page", having("python"), ids=str)
def test_python_blocks_run(page: Path, tmp_path: Path) -> None:
    """Blocks that define tests are run by pytest, all others as programs of their own."""
    with placed(page, "python", tmp_path) as blocks:
        for block in blocks:
            if _IS_TEST.search(block.text):
                (tmp_path / f"test_line_{block.line}.py").write_text(block.text)
                continue
            program = [sys.executable, "-W", "error", "-c", block.text]
            done = finished(program, tmp_path)
            assert done.stdout == (block.output or ""), f"line {block.line}"
    if list(tmp_path.glob("test_*.py")):
        command = [sys.executable, "-m", "pytest", *LEAN, "-q", "-p", "no:cacheprovider"]
        tests = [*command, "-W", "error"]
        done = finished(tests, tmp_path)
        assert re.search(r"^[0-9]+ passed", done.stdout, re.MULTILINE), done.stdout


def shell_script(blocks: list[Snippet], address: str) -> str:
    """Return the blocks as one script without `serve`, with a mark after the output of each."""
    texts = [f"{_SERVE.sub('', block.text)}\nprintf '{MARK}'\n" for block in blocks]
    return "set -e\n" + "".join(texts).replace(SHOWN_ADDRESS, address)


@pytest.mark.parametrize(
    ("page", "namespace"),
    [(page, "") for page in having("sh")] + [(CURL_PAGE, "/ns/a-test")],
    ids=str,
)
def test_shell_blocks_print_what_is_shown(page: Path, namespace: str, tmp_path: Path) -> None:
    """The blocks of a page are one script, run against a server that was just started."""
    needed_programs(page)
    place(page, tmp_path)
    blocks = run_of(page, "sh")
    variables = {
        "TOKEN_MOCKSERVER_CA_DIR": str(tmp_path / "authority"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    with serving("--port", "0", cwd=tmp_path, **variables) as served:
        script = shell_script(blocks, served.url.removeprefix("http://") + namespace)
        variables["TOKEN_MOCKSERVER_URL"] = served.url + namespace
        done = finished(["bash", "-c", script], tmp_path, **variables)
    printed = done.stdout.split(MARK)[:-1]
    for block, output in zip(blocks, printed, strict=True):
        if block.output is not None:
            assert comparable(output) == comparable(block.output), f"line {block.line}"


def serve_blocks() -> list[tuple[Path, str]]:
    return [
        (page, " ".join(line.split()))
        for page in having("sh")
        for block in run_of(page, "sh")
        for line in _SERVE.findall(block.text)
    ]


@pytest.mark.parametrize(("page", "line"), serve_blocks(), ids=str)
def test_serve_starts_as_shown(page: Path, line: str, tmp_path: Path) -> None:
    arguments = [*line.split()[2:], "--port", "0", "--host", "127.0.0.1"]
    with serving(*arguments, cwd=tmp_path) as served:
        assert served.rows


@pytest.mark.parametrize("page", having("toml"), ids=str)
def test_serve_reads_the_configuration_files(page: Path, tmp_path: Path) -> None:
    for block in run_of(page, "toml"):
        (tmp_path / "token-mockserver.toml").write_text(block.text)
        with serving("--port", "0", cwd=tmp_path) as served:
            assert served.rows


@pytest.mark.parametrize("page", having("ini"), ids=str)
def test_pytest_reads_the_configuration_files(page: Path, tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    for block in run_of(page, "ini"):
        (tmp_path / "pytest.ini").write_text(block.text)
        tests = [sys.executable, "-m", "pytest", *LEAN, "-q", "--strict-config", "-W", "error"]
        finished([*tests, "-p", "no:cacheprovider"], tmp_path)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
@pytest.mark.parametrize("page", having("js"), ids=str)
def test_javascript_blocks_run(page: Path, tmp_path: Path) -> None:
    for block in run_of(page, "js"):
        if block.file_name:
            continue  # a command of the page runs it
        with serving("--port", "0", cwd=tmp_path) as served:
            address = served.url.removeprefix("http://")
            text = block.text.replace(SHOWN_ADDRESS, address)
            done = finished(["node", "--input-type=module"], tmp_path, text)
        assert done.stdout == (block.output or ""), f"line {block.line}"


@pytest.mark.parametrize("page", having("yaml"), ids=str)
def test_services_are_known_by_the_vendors_names(page: Path) -> None:
    """A page's composition has an alias for each vendor's host, and a command that exists."""
    for block in run_of(page, "yaml"):
        mock = yaml.safe_load(block.text)["services"]["mock"]
        hosts = [host for vendor in TokenMock().vendors.values() for host in vendor.hosts]
        assert sorted(mock["networks"]["default"]["aliases"]) == sorted(hosts)
        finished(["token-mockserver", *mock["command"], "--help"], Path())


@pytest.mark.parametrize("page", having("json"), ids=str)
def test_json_blocks_are_json(page: Path) -> None:
    for block in run_of(page, "json"):
        json.loads(block.text)


def test_every_block_has_a_language_that_a_test_runs() -> None:
    known = {"python", "sh", "toml", "ini", "js", "json", "text", "yaml", *PROGRAMS}
    unknown = [
        f"{page}:{block.line}: {block.language}"
        for page in pages()
        for block in snippets(page)
        if block.language not in known
    ]
    assert unknown == []


def test_the_blocks_that_are_not_run_are_these() -> None:
    excepted = [
        (str(page), block.not_run) for page in pages() for block in snippets(page) if block.not_run
    ]
    assert excepted == NOT_RUN


def test_the_command_line_of_the_tests_is_the_installed_one() -> None:
    assert COMMAND[0] == sys.executable
    assert shutil.which("token-mockserver", path=shell_environment()["PATH"])
