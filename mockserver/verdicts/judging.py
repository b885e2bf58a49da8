"""The outcome of a rule, and the verdicts of all rules on a history."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from mockserver.verdicts.exchanges import Exchange, History

Severity = Literal["error", "warning"]
State = Literal["kept", "broken", "not-exercised"]


class Finding(NamedTuple):
    """What breaks a rule: the two or three requests that matter, in order.

    `expected` is what should have come instead. `severity` replaces that of the rule.
    """

    exchanges: tuple[Exchange, ...]
    expected: str
    severity: Severity | None = None


class Outcome(NamedTuple):
    """What a rule finds: requests that keep it, and findings that break it."""

    kept: Sequence[Exchange] = ()
    broken: Sequence[Finding] = ()


class Rule(NamedTuple):
    """One rule for token clients.

    Attributes:
        id: Its name.
        severity: "error", or "warning" for what is unwise but works.
        text: What a client does, in one sentence.
        source: The RFC, vendor's page or guideline that says so.
        judge: Returns the outcome on a history.
    """

    id: str
    severity: Severity
    text: str
    source: str
    judge: Callable[[History], Outcome]


class Verdict(NamedTuple):
    """A rule and its outcome."""

    rule: Rule
    state: State
    outcome: Outcome

    @property
    def severity(self) -> Severity:
        """The severity of the gravest finding, or that of the rule."""
        found = {finding.severity or self.rule.severity for finding in self.outcome.broken}
        if not found:
            return self.rule.severity
        return "error" if "error" in found else "warning"


def judged(rules: Iterable[Rule], history: History) -> list[Verdict]:
    """Return the verdict of each rule."""
    return [_verdict(rule, rule.judge(history)) for rule in rules]


def _verdict(rule: Rule, outcome: Outcome) -> Verdict:
    if outcome.broken:
        return Verdict(rule, "broken", outcome)
    return Verdict(rule, "kept" if outcome.kept else "not-exercised", outcome)
