"""The instructions of the repository's Dockerfile."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Step(NamedTuple):
    """One instruction: its name, and its arguments on one line."""

    word: str
    rest: str

    @property
    def command(self) -> list[str]:
        """The words of a command in JSON or shell form, without mounts."""
        rest = re.sub(r"^(--[\w-]+=\S+ +)*(CMD )?", "", self.rest)
        return json.loads(rest) if rest.startswith("[") else shlex.split(rest)


def steps() -> Iterator[Step]:
    """Yield the instructions of the Dockerfile in order."""
    text = (ROOT / "Dockerfile").read_text()
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(None, text.splitlines()):
        word, _, rest = line.partition(" ")
        yield Step(word, " ".join(rest.split()))


def the(word: str) -> Step:
    """Return the only instruction with this name."""
    (step,) = [step for step in steps() if step.word == word]
    return step


def variables() -> dict[str, str]:
    """Return the variables that ENV sets."""
    return dict(pair.split("=", 1) for pair in shlex.split(the("ENV").rest))
