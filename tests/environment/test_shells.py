"""Variables in the syntax of shells, read back by the shells that are here."""

import json
import shutil
import subprocess

import pytest

from mockserver.environment.variables import SHELLS

VALUES = {"PLAIN": "a", "HARD": 'it\'s "$HOME" \\ `x` !', "EMPTY": ""}
PRINT = 'printf "%s\\n%s\\n%s" "$PLAIN" "$HARD" "$EMPTY"'


@pytest.mark.parametrize("shell", ["sh", "bash", "dash"])
def test_shell_reads_the_variables(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    script = f"{SHELLS['sh'](VALUES)}{PRINT}"
    read = subprocess.run([shell, "-c", script], capture_output=True, text=True, check=True)
    assert read.stdout.split("\n") == list(VALUES.values())


def test_json_is_an_object_of_variables() -> None:
    assert json.loads(SHELLS["json"](VALUES)) == VALUES


def test_quotes_are_escaped_for_fish_powershell_and_dotenv() -> None:
    value = {"NAME": "it's $5 \\"}
    assert SHELLS["fish"](value) == "set -gx NAME 'it\\'s $5 \\\\'\n"
    assert SHELLS["powershell"](value) == "$env:NAME = 'it''s $5 \\'\n"
    assert SHELLS["dotenv"](value) == 'NAME="it\'s \\$5 \\\\"\n'
