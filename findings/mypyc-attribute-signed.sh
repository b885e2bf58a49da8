#!/usr/bin/env bash
# mypyc: a class with an attribute named `_signed` cannot be compiled with GCC.
#
# Version: mypyc of mypy 2.4.1, Python 3.11, GCC 12.
# Expected: the name of an attribute does not decide whether a module can be compiled, or mypyc reports a
#   name that it cannot use.
# Behavior: mypyc writes C in which the attribute is a member with one more underscore in front. GCC takes
#   `__signed` as a spelling of `signed` and stops with a syntax error in the generated C. Interpreted,
#   the module works, and `_unsigned` compiles.
# Seen: the three lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for name in _signed _unsigned; do
    cat > "letter$name.py" <<PYTHON
class Letter:
    def __init__(self) -> None:
        self.$name = 1

    def number(self) -> int:
        return self.$name
PYTHON
done
python3 -m venv venv
venv/bin/pip install -q mypy==2.4.1 setuptools==80.9.0
{
    venv/bin/python -c 'import letter_signed; print("_signed, interpreted:", letter_signed.Letter().number())'
    for name in _signed _unsigned; do
        if CC=gcc venv/bin/mypyc "letter$name.py" > log 2>&1; then
            echo "$name: compiled"
        elif grep -q "error: expected.*__signed" log; then
            echo "$name: a syntax error in the generated C"
        else
            cat log
        fi
    done
} | tee seen
diff seen - <<'SEEN'
_signed, interpreted: 1
_signed: a syntax error in the generated C
_unsigned: compiled
SEEN
