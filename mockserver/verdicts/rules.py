"""Every rule for token clients, and the verdicts of the rules on a journal."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from mockserver.emulator.journal_entry import Entry
from mockserver.emulator.state import State
from mockserver.verdicts import (
    ended_tokens,
    failed_uses,
    purchases,
    retries_and_errors,
    secrets_and_schemes,
)
from mockserver.verdicts.exchanges import Outcome, Rule, Severity
from mockserver.verdicts.journal_reader import history_of

RULES = (
    *secrets_and_schemes.RULES,
    *purchases.RULES,
    *ended_tokens.RULES,
    *failed_uses.RULES,
    *retries_and_errors.RULES,
)
"""All rules, in the order in which verdicts are listed."""


class RuleVerdict(NamedTuple):
    """A rule, its outcome, and the term for the outcome."""

    rule: Rule
    state: Literal["kept", "broken", "not-exercised"]
    outcome: Outcome

    @property
    def severity(self) -> Severity:
        """The severity of the gravest finding, or that of the rule."""
        found = {finding.severity or self.rule.severity for finding in self.outcome.broken}
        if not found:
            return self.rule.severity
        return "error" if "error" in found else "warning"


def verdicts_of(
    state: State, entries: Iterable[Entry], *, one_caller: bool = False
) -> list[RuleVerdict]:
    """Return the verdict of each rule on a journal.

    Args:
        state: The state that has issued the tokens.
        entries: The journal of the state, the oldest entry first.
        one_caller: True if one caller sent all requests, one after another.
    """
    history = history_of(state, entries, one_caller=one_caller)
    return [_verdict(rule, rule.judge(history)) for rule in RULES]


def _verdict(rule: Rule, outcome: Outcome) -> RuleVerdict:
    if outcome.broken:
        return RuleVerdict(rule, "broken", outcome)
    return RuleVerdict(rule, "kept" if outcome.kept else "not-exercised", outcome)
