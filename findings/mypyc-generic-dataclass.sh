#!/usr/bin/env bash
# mypyc: a module with a generic dataclass compiles and cannot be imported.
#
# Version: mypyc of mypy 2.4.1, Python 3.11.
# Expected: the compiled module behaves like the interpreted one, or the compiler refuses the class.
# Behavior: it compiles without a message, and the import raises AttributeError. A dataclass that
#   is not generic can be imported.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
write() {
    cat > "$1.py" <<PYTHON
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class Codec$2:
    value: int
PYTHON
}
write generic "(Generic[T])"
write plain ""
python3 -m venv venv
venv/bin/pip install -q mypy==2.4.1 setuptools==80.9.0
for module in generic plain; do
    venv/bin/mypyc "$module.py" > /dev/null
    rm "$module.py"
    venv/bin/python - "$module" <<'PYTHON'
import importlib
import sys

try:
    importlib.import_module(sys.argv[1])
    print(sys.argv[1], "imported")
except AttributeError as error:
    print(sys.argv[1], error)
PYTHON
done | tee seen
diff seen - <<'SEEN'
generic attribute '__dict__' of 'type' objects is not writable
plain imported
SEEN
