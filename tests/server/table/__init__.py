"""The table of wire cases."""

from collections.abc import Sequence

from tests.server.table import answered, refused
from tests.server.table.case import Case

CASES: Sequence[Case] = (*answered.CASES, *refused.CASES)
