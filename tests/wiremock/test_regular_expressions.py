"""Regular expressions: Java's syntax, and a limit of their time."""

import subprocess
import sys

import pytest

from mockserver.model.http import RoutedRequest
from mockserver.model.redaction import Redactor
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.matchers import parse_matcher
from mockserver.wiremock.near_misses import Candidate, near_misses, side_by_side
from mockserver.wiremock.pattern_fields import parse_pattern
from mockserver.wiremock.regular_expressions import TookTooLong, full_match, search
from tests.engine_client import request

ENDLESS = r"(a|aa)+b"
TEXT = "a" * 100


@pytest.mark.parametrize(("expression", "text", "matches"), [
    (r"a.c", "a\nc", True),
    (r"\d+", "12", True),
    (r"\d", "\u0663", False),
    (r"\w+", "\u00fc", False),
    (r"(?i)ab", "AB", True),
    (r"\Qa.b\E+", "a.bb", True),
    (r"\Qa.b", "a.b", True),
    (r"(?<x>a|b)\k<x>", "aa", True),
    (r"(?<x>a|b)\k<x>", "ab", False),
    (r"(?<=a)b|a(?<!b)", "a", True),
    (r"a\z", "a", True),
    (r"[]a]+", "a]", True),
    (r"[^]]+", "ab", True),
    (r"[(*+|]+", "(*+|", True),
    (r"a*+b", "aab", True),
    (r"(a*)*b", "aaab", True),
    (r"(a|b)*c?", "abab", True),
    (r"a?b?", "b", True),
    (r"(?:ab|a)*b*.*", "ab" * 400, True),
])  # fmt: skip
def test_an_expression_means_what_it_means_in_java(
    expression: str, text: str, matches: bool
) -> None:
    assert full_match(expression, "here")(text) is matches


@pytest.mark.parametrize(("expression", "reason"), [
    (r"[a-z&&[^b]]", "intersections of character classes are not supported"),
    (r"[a[b]]", "unions of character classes are not supported"),
    (r"\p{L}", r"\p (Unicode properties) is not supported"),
    (r"\01", r"\0 (octal characters) is not supported"),
    (r"a\Z", r"\Z (an end before the last line break) is not supported"),
    (r"(", "is not a regular expression"),
    (r"a{2,1}", "is not a regular expression"),
])  # fmt: skip
def test_what_python_reads_otherwise_is_refused_by_name(expression: str, reason: str) -> None:
    with pytest.raises(MappingError, match=r"^here") as caught:
        full_match(expression, "here")
    assert reason in str(caught.value)


def test_flags_are_java_letters() -> None:
    assert not full_match("a.b", "here", flags="")("a\nb")
    assert full_match("A b # c", "here", flags="ix")("ab")
    assert full_match("(?:^a$\n?)+", "here", flags="m")("a\na")


def test_a_match_without_end_is_given_up() -> None:
    test = full_match(ENDLESS, "here")
    for _ in range(3):
        with pytest.raises(TookTooLong):
            test(TEXT)
    assert test("aab")
    with pytest.raises(TookTooLong):
        search(ENDLESS, "here")(TEXT)


def test_a_matcher_that_takes_too_long_accepts_nothing_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for mapping in (
        {"matches": ENDLESS},
        {"doesNotMatch": ENDLESS},
        {"not": {"matches": ENDLESS}},
        {"matchesJsonSchema": {"pattern": ENDLESS}},
        {"or": [{"matches": ENDLESS}, {"absent": True}]},
    ):
        matcher = parse_matcher(mapping, "here")
        assert not matcher.accepts(TEXT)
        assert matcher.distance(TEXT) == 1
        assert f"{matcher.operator} took too long" in caplog.messages[-1]


def test_a_near_miss_says_that_a_match_took_too_long() -> None:
    pattern = parse_pattern({"headers": {"A": {"matches": ENDLESS}}})
    routed = RoutedRequest(request("GET /", {"A": TEXT}))
    candidate = Candidate("name", pattern, {})
    assert near_misses(routed, [candidate])[0].distance == 1
    row = side_by_side(candidate, routed, Redactor(b"key", tuple)).splitlines()[1]
    assert "(took too long) aaaa" in row
    assert row.endswith("  <")


def test_the_package_with_a_limit_is_imported_where_it_is_needed_only() -> None:
    program = (
        "import sys\n"
        "from mockserver.wiremock.regular_expressions import full_match\n"
        "assert full_match('/v1/.*', 'here')('/v1/' + 'a' * 1000)\n"
        "print('regex' in sys.modules)\n"
        f"full_match({'(a*)*b'!r}, 'here')('ab')\n"
        "print('regex' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]
