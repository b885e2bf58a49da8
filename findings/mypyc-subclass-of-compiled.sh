#!/usr/bin/env bash
# mypyc: an interpreted subclass of a compiled class is accepted, and raises when it is instantiated.
#
# Version: mypyc of mypy 2.4.1, Python 3.11.
# Expected: what is not allowed raises at the class statement, as it does for `bool` or a class with
#   `__init_subclass__` that refuses.
# Behavior: the class statement passes, and so does an import of the module. The first instance raises
#   TypeError, perhaps in a branch that tests do not reach.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > base.py <<'PYTHON'
class Base:
    def name(self) -> str:
        return "base"
PYTHON
cat > try.py <<'PYTHON'
import base

kind = "interpreted" if base.__file__.endswith(".py") else "compiled"


class Mine(base.Base):
    pass


print(kind, "base: the class is made")
try:
    print(Mine().name())
except TypeError as error:
    print(error)
PYTHON
python3 -m venv venv
venv/bin/pip install -q mypy==2.4.1 setuptools==80.9.0
venv/bin/mypyc base.py > /dev/null
venv/bin/python try.py | tee seen
diff seen - <<'SEEN'
compiled base: the class is made
interpreted classes cannot inherit from compiled
SEEN
