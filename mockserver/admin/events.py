"""The journal as server-sent events: one event for each request that arrives."""

from dataclasses import replace

from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.serializers import Serializer
from mockserver.emulator.journal_entry import Entry
from mockserver.emulator.state import State
from mockserver.model.http import Response, json_text

EVENTS_PATH = "/requests/events"
_RESET = b"event: reset\ndata: {}\n\n"
_CLOCK = b"event: clock\ndata: {}\n\n"
KEEP_ALIVE = b":\n\n"
"""A comment (WHATWG HTML, 9.2.6): a write that shows whether the client is still connected."""

_MOST = 100  # events in one write
_PATIENCE = 1.0  # real seconds of one pull
_SILENT = 15  # pulls without an event, after which a comment is sent
_NEWEST = "newest"  # instead of an id, where the journal was empty


def follow(call: AdminRequest) -> Response:
    """Send each request as an event, in the form of the journal, until the caller disconnects.

    The id of an event is that of its request. With the header `Last-Event-ID` the stream begins
    after that request, otherwise with the next request. The event `reset` means that requests
    are missing: the state was reset, or the journal no longer contains the last one. The event
    `clock` means that the clock was moved or frozen.
    """
    headers = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"))
    viewer = _Viewer(call, call.content.headers.get("last-event-id") or "")
    return Response(200, headers, b"retry: 1000\n\n", pull=viewer.pull)


class _Viewer:
    """One reader of the events; it stores only the ID of the last entry that was sent."""

    def __init__(self, call: AdminRequest, last: str) -> None:
        self._call = call
        self._state = call.engine.refresh()
        # The version is read before the newest entry, so that no entry between both is missed.
        self._version: object = None if last else self._state.journal.version
        self._silent = 0
        self._clock = self._state.clock.shift
        self._last = last or self._newest()

    def pull(self) -> bytes:
        """Return the next bytes of the stream; wait at most `_PATIENCE` for them."""
        state = self._call.engine.refresh()
        if state.store is not self._state.store:
            self._state, self._version, self._last = state, None, _NEWEST
            return _RESET
        version = state.journal.wait_for_change(self._version, _PATIENCE)
        data = self._clock_event(state)
        if version != self._version:
            events, has_more = self._events()
            self._version = None if has_more else version
            data += events
        self._silent = 0 if data else self._silent + 1
        if self._silent >= _SILENT:
            self._silent = 0
            return KEEP_ALIVE
        return data

    def _events(self) -> tuple[bytes, bool]:
        """Return the events after the last one, and True if there are still more."""
        # A copy has nothing cached, so that the journal and the secrets are read again.
        call = replace(self._call)
        entries = call.entries
        ids = [entry.id for entry in entries]
        begin, lost = 0, b""
        if self._last in ids:
            begin = ids.index(self._last) + 1
        elif self._last != _NEWEST:
            lost = _RESET
            begin = len(ids)
            self._last = ids[-1] if ids else _NEWEST
        found = entries[begin : begin + _MOST]
        if found:
            self._last = found[-1].id
        events = [_event(entry, call.show) for entry in found]
        return lost + b"".join(events), begin + _MOST < len(entries)

    def _clock_event(self, state: State) -> bytes:
        before, self._clock = self._clock, state.clock.shift
        return b"" if before == self._clock else _CLOCK

    def _newest(self) -> str:
        entries = self._state.journal.all()
        return entries[-1].id if entries else _NEWEST


def _event(entry: Entry, show: Serializer) -> bytes:
    return f"id: {entry.id}\ndata: {json_text(show.entry(entry))}\n\n".encode()
