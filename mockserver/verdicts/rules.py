"""Every rule, in the order in which verdicts are listed."""

from collections.abc import Iterable
from itertools import chain

from mockserver.emulator.journal import Entry
from mockserver.emulator.state import State
from mockserver.verdicts import (
    purchases,
    retries_and_errors,
    secrets_and_schemes,
    use_and_renewal,
)
from mockserver.verdicts.exchanges import history_of
from mockserver.verdicts.judging import Verdict, judged

RULES = tuple(
    chain(
        secrets_and_schemes.rules(),
        purchases.rules(),
        use_and_renewal.rules(),
        retries_and_errors.rules(),
    )
)
"""The rules; a rule's name is in one of them only."""


def verdicts_of(state: State, entries: Iterable[Entry] | None = None) -> list[Verdict]:
    """Return the verdict of each rule on a state's journal, or on some entries of it."""
    return judged(RULES, history_of(state, entries))
