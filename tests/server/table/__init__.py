"""The table of wire cases."""

from collections.abc import Sequence

from tests.server.table import answers, bodies, good, limits, refused_bodies, refused_heads
from tests.server.table.case import Case

CASES: Sequence[Case] = (
    *good.CASES,
    *bodies.CASES,
    *answers.CASES,
    *refused_heads.CASES,
    *refused_bodies.CASES,
    *limits.CASES,
)
