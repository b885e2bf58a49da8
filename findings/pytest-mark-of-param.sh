#!/usr/bin/env bash
# pytest: the closest mark of a parameter set is not the parameter set's own.
#
# Version: pytest 9.2.0, Python 3.11.
# Expected: `get_closest_marker` returns the mark of `pytest.param(..., marks=...)`, which speaks of one
#   test, rather than the mark of the function, which speaks of all of them; and that of a subclass
#   rather than that of its base class.
# Behavior: the function's mark is the closest one, and the base class's is closer than its subclass's.
#   A plugin whose marks carry options reads the general value where a test names a special one.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/test_order.py" <<'PYTHON'
import pytest


def closest(request):
    return request.node.get_closest_marker("option").args[0]


@pytest.mark.option("function")
@pytest.mark.parametrize("value", [pytest.param(1, marks=pytest.mark.option("param"))])
def test_param(request, value):
    print(f"\nparam or function: {closest(request)}")


@pytest.mark.option("base class")
class Base:
    def test_class(self, request):
        print(f"\nsubclass or base class: {closest(request)}")


@pytest.mark.option("subclass")
class TestSubclass(Base):
    pass
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pytest==9.2.0
(cd "$folder" && venv/bin/pytest -q -s -p no:cacheprovider -W ignore test_order.py) \
    | grep ' or ' | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
param or function: function
subclass or base class: base class
SEEN
