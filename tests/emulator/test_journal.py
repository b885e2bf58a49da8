"""The journal: the last requests, to be counted, found, removed and waited for."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from uuid import UUID

import pytest

from mockserver.emulator.journal import LENGTH, Journal
from mockserver.emulator.journal_entry import ENTRY, Entry
from mockserver.model.http import Headers, Request, Response, RoutedRequest
from mockserver.wiremock.pattern_fields import parse_pattern
from mockserver.wiremock.request_pattern import RequestPattern
from tests.concurrency import run_concurrently
from tests.state_parts import new_journal

ANY = parse_pattern({})
CUT = 16 << 10
MOMENT = 1_767_225_600_000_000  # 2026-01-01, in microseconds


def note(journal: Journal, path: str = "/", body: bytes = b"") -> RoutedRequest:
    routed = RoutedRequest(Request("GET", path, "", Headers(), body), None, None, path)
    journal.note(routed, Response(200), MOMENT, matched=True)
    return routed


def journal_of(*paths: str) -> Journal:
    journal = new_journal()
    for path in paths:
        note(journal, path)
    return journal


def paths(entries: list[Entry]) -> list[str]:
    return [noted.routed.path for noted in entries]


def at(path: str) -> RequestPattern:
    return parse_pattern({"urlPathPattern": path})


def test_entry_survives_its_encoding() -> None:
    asked = Request("GET", "/a/b", "c", Headers([("A", "b")]), b"\xff", "::1", "/a%2Fb?c")
    routed = RoutedRequest(asked, "dapi", "identity", "/b", cut_from=20_000)
    entry = Entry(5, routed, Response(200, reason="r"), MOMENT, True, "s")
    read = ENTRY.decode(json.loads(json.dumps(ENTRY.encode(entry))))
    again = read.routed.request
    assert again.headers.pairs == asked.headers.pairs
    same = read.routed._replace(request=again._replace(headers=asked.headers))
    assert read._replace(routed=same) == entry


@pytest.mark.parametrize("forget", [Journal.clear, lambda journal: journal.remove(bool)])
def test_id_is_a_uuid_that_is_never_given_twice(forget: Callable[[Journal], object]) -> None:
    journal, other = journal_of("/a", "/b"), journal_of("/a")
    ids = [noted.id for noted in journal.all()]
    assert [UUID(given).version for given in ids] == [4, 4]
    note(journal, "/c")
    assert [journal.get(given) for given in ids] == journal.all()[:2]
    assert [other.get(given) for given in (*ids, "no id at all")] == [None] * 3
    forget(journal)
    for _ in "123":
        note(journal, "/d")
    assert not set(ids) & {noted.id for noted in journal.all()}
    assert [journal.get(given) for given in ids] == [None, None]


def test_last_thousand_are_kept_and_the_others_counted_until_cleared() -> None:
    journal = journal_of(*(f"/{number}" for number in range(LENGTH)))
    assert (len(journal.all()), journal.dropped, LENGTH) == (1000, 0, 1000)
    for number in range(3):
        note(journal, f"/more-{number}")
    assert (len(journal.all()), journal.dropped) == (1000, 3)
    assert [paths(journal.all())[place] for place in (0, -1)] == ["/3", "/more-2"]
    journal.remove(bool)  # removed entries do not count as dropped
    for _ in range(LENGTH):
        note(journal, "/b")
    assert (len(journal.all()), journal.dropped) == (1000, 3)
    note(journal, "/b")
    assert journal.dropped == 4
    journal.clear()
    assert (journal.all(), journal.dropped) == ([], 0)


@pytest.mark.parametrize("size", [0, 1, CUT, CUT + 1, CUT * 3])
def test_long_body_is_cut(size: int) -> None:
    journal, body = new_journal(), bytes(number % 251 for number in range(size))
    sent = note(journal, "/a", body)
    assert journal.all()[0].routed.request.body == body[:CUT]
    assert sent.request.body == body
    kept = journal.all()[0].routed._replace(request=sent.request)
    assert kept == sent._replace(cut_from=size if size > CUT else None)


def test_entries_are_found_and_removed() -> None:
    journal = journal_of("/a/1", "/b", "/a/2")
    assert paths(journal.all()) == paths(journal.find(ANY)) == ["/a/1", "/b", "/a/2"]
    assert paths(journal.find(at("/a/.*"))) == ["/a/1", "/a/2"]
    assert journal.find(at("/c")) == []
    gone = journal.remove(lambda noted: noted.routed.path != "/b")
    assert paths(gone) == ["/a/1", "/a/2"]
    assert paths(journal.all()) == ["/b"]
    assert journal.remove(lambda noted: noted.routed.path != "/b") == []


@pytest.mark.parametrize(("count", "here"), [(0, True), (1, True), (2, True), (3, False)])
def test_waiting_without_time_returns_at_once(count: int, here: bool) -> None:
    assert journal_of("/a", "/b", "/a").wait(at("/a"), count, 0) is here


def test_waiting_ends_with_the_last_wanted_request() -> None:
    journal, here = journal_of("/a"), list[bool]()

    def waits(pattern: RequestPattern, count: int) -> None:
        here.append(journal.wait(pattern, count, 3600))

    wanted = [(at("/a"), 3), (ANY, 4)]
    waiting = [Thread(target=waits, args=args, daemon=True) for args in wanted]
    for waiter in waiting:
        waiter.start()
    for path in ("/b", "/a", "/a"):
        assert here == []
        note(journal, path)
    for waiter in waiting:
        waiter.join(30)
    assert here == [True, True]


def test_waiting_continues_for_requests_that_do_not_match() -> None:
    journal = journal_of()
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(journal.wait, at("/a"), 1, 0.05)
        for _ in range(20):
            note(journal, "/b")
        assert waiter.result(60) is False


class Pattern(RequestPattern):
    """Matches every request once `may` is set; `asked` is set when it is used first."""

    def __init__(self) -> None:
        super().__init__([])
        self.may, self.asked, self.seen = Event(), Event(), list[str]()

    def matches(self, routed: RoutedRequest) -> bool:
        self.asked.set()
        assert self.may.wait(60)
        self.seen.append(routed.path)
        return True


def test_slow_pattern_blocks_no_other_call_and_matches_each_once() -> None:
    journal, slow = journal_of("/a"), Pattern()
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(journal.wait, slow, 3, 60)
        assert slow.asked.wait(60)
        note(journal, "/b")
        assert len(journal.all()) == 2
        slow.may.set()
        while len(slow.seen) < 2:
            assert not waiter.done()
        note(journal, "/c")
        assert waiter.result(60) is True
    assert slow.seen == ["/a", "/b", "/c"]


@pytest.mark.parametrize("shared", [False, True])
def test_stop_waiting_ends_present_calls_and_no_later_one(shared: bool) -> None:
    journal, slow = new_journal(shared=shared), Pattern()
    note(journal, "/a")
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(journal.wait, slow, 2, 60)
        assert slow.asked.wait(60)
        journal.stop_waiting()
        slow.may.set()
        assert waiter.result(30) is False
        waiter = pool.submit(journal.wait, at("/b"), 1, 60)
        note(journal, "/b")
        assert waiter.result(30) is True


def test_no_note_of_many_threads_is_lost() -> None:
    journal = new_journal()

    def notes(number: int) -> bool:
        for turn in range(20):
            note(journal, f"/{number}/{turn}")
        journal.remove(lambda noted: noted.routed.path == f"/{number}/7")
        return sum(path.startswith(f"/{number}/") for path in paths(journal.all())) == 19

    assert all(run_concurrently(notes, threads=5))
    assert len({noted.id for noted in journal.all()}) == 95
