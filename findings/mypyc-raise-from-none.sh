#!/usr/bin/env bash
# mypyc: `raise ... from None` does not hide the earlier exception.
#
# Version: mypyc of mypy 2.4.1, Python 3.11.
# Expected: `from None` sets `__suppress_context__`, compiled or not, so that a traceback does not show the
#   exception that was being handled and what its text contains.
# Behavior: compiled, `__suppress_context__` is False, and the traceback shows both exceptions. Setting the
#   attribute before `raise` has the expected result.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > reader.py <<'PYTHON'
def number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("no number") from None
PYTHON
cat > try.py <<'PYTHON'
import traceback

import reader

words = "private", "words"
name = "interpreted" if reader.__file__.endswith(".py") else "compiled"
try:
    reader.number(" ".join(words))
except ValueError as error:
    shown = "".join(traceback.format_exception(error))
    print(name, error.__suppress_context__, "private words" in shown)
PYTHON
python3 -m venv venv
venv/bin/pip install -q mypy==2.4.1 setuptools==80.9.0
{
    venv/bin/python try.py
    venv/bin/mypyc reader.py > /dev/null
    venv/bin/python try.py
} | tee seen
diff seen - <<'SEEN'
interpreted True False
compiled False True
SEEN
