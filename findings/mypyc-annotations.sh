#!/usr/bin/env bash
# mypyc: annotations of compiled dataclasses and named tuples become `type` if they are `Literal` or unions.
#
# Version: mypyc of mypy 2.4.1, Python 3.11.
# Expected: `typing.get_type_hints` returns the annotations of a class, compiled or not; libraries that read JSON into
#   dataclasses depend on it.
# Behavior: compiled, `Literal["a"]` and `int | None` have both become the class `type`; `list[str]` has become `list`.
#   No message is printed. `dataclasses.fields` shows the same.
# Seen: the four lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > tokens.py <<'PYTHON'
from dataclasses import dataclass
from typing import Literal, NamedTuple


@dataclass
class Token:
    kind: Literal["jwt", "opaque"]
    lifetime: int | None
    scopes: list[str]


class Account(NamedTuple):
    kind: Literal["user", "service"]
    name: str
PYTHON
cat > show.py <<'PYTHON'
from typing import get_type_hints

import tokens

name = "interpreted" if tokens.__file__.endswith(".py") else "compiled"
for each in (tokens.Token, tokens.Account):
    print(name, each.__name__, *(f"{field}: {hint}" for field, hint in get_type_hints(each).items()), sep=" | ")
PYTHON
python3 -m venv venv
venv/bin/pip install -q mypy==2.4.1 setuptools==80.9.0
{
    venv/bin/python show.py
    venv/bin/mypyc tokens.py > /dev/null
    venv/bin/python show.py
} | tee seen
diff seen - <<'SEEN'
interpreted | Token | kind: typing.Literal['jwt', 'opaque'] | lifetime: int | None | scopes: list[str]
interpreted | Account | kind: typing.Literal['user', 'service'] | name: <class 'str'>
compiled | Token | kind: <class 'type'> | lifetime: <class 'type'> | scopes: <class 'list'>
compiled | Account | kind: <class 'type'> | name: <class 'str'>
SEEN
