#!/usr/bin/env bash
# mypyc: calling a function that a cached_property holds returns the function.
#
# Version: mypyc of mypy 2.4.1, Python 3.11.
# Expected: `self.sign(text)`, where `sign` is a functools.cached_property that returns a function, calls
#   the function, compiled or not.
# Behavior: the module compiles without a message. Compiled, the expression is the function itself, which
#   was not called, and the declared return type makes it a TypeError. `sign = self.sign` on a line of
#   its own, then `sign(text)`, has the expected result.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > signer.py <<'PYTHON'
from collections.abc import Callable
from functools import cached_property


class Signer:
    def __init__(self, key: str) -> None:
        self.key = key

    @cached_property
    def sign(self) -> Callable[[str], str]:
        return lambda text: self.key + text

    def signed(self, text: str) -> str:
        return self.sign(text)
PYTHON
cat > try.py <<'PYTHON'
import sys

import signer

name = "interpreted" if signer.__file__.endswith(".py") else "compiled"
try:
    print(name, signer.Signer("key ").signed("text"))
except TypeError as error:
    print(name, type(error).__name__)
PYTHON
python3 -m venv venv
venv/bin/pip install -q mypy==2.4.1 setuptools==80.9.0
{
    venv/bin/python try.py
    venv/bin/mypyc signer.py > /dev/null
    venv/bin/python try.py
} | tee seen
diff seen - <<'SEEN'
interpreted key text
compiled TypeError
SEEN
