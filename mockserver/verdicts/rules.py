"""Every rule, in the order in which verdicts are listed."""

from mockserver.emulator.state import State
from mockserver.verdicts import (
    ended_tokens,
    failed_uses,
    purchases,
    retries_and_errors,
    secrets_and_schemes,
)
from mockserver.verdicts.journal_reader import history_of
from mockserver.verdicts.judging import Verdict, judged

RULES = (
    *secrets_and_schemes.RULES,
    *purchases.RULES,
    *ended_tokens.RULES,
    *failed_uses.RULES,
    *retries_and_errors.RULES,
)
"""The rules; a rule's name is in one of them only."""


def verdicts_of(state: State, *, one_caller: bool = False) -> list[Verdict]:
    """Return the verdict of each rule on a state's journal.

    Args:
        state: The state.
        one_caller: One caller has sent every request, one after the other.
    """
    return judged(RULES, history_of(state, one_caller=one_caller))
