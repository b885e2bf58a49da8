"""The emulator of one namespace: its vendors, its state, and the processing of requests."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mockserver.emulator.phases import PHASES, RequestContext, vendor_error
from mockserver.emulator.routing import VendorRouter
from mockserver.emulator.state import State, StateOptions
from mockserver.model.clock import machine_date
from mockserver.model.errors import StoreError, StoreUnavailable
from mockserver.model.http import Request, Response
from mockserver.model.state_store import StateStore, StorageBackend
from mockserver.model.vendor import Vendor


class Engine:
    """Vendors, the addresses at which they are reached, and the state of one namespace.

    A reset replaces the state. A call that is in progress then keeps the state with which it began.
    """

    def __init__(
        self, options: StateOptions, router: VendorRouter, backend: StorageBackend, name: str
    ) -> None:
        self.vendors: Sequence[Vendor[Any]] = options.vendors
        self.router = router
        self.shared = backend.shared
        self._options = options
        self.backend = backend
        self._name = name
        self._state: State | None = None

    def answer(self, request: Request) -> Response:
        """Answer any request (stub first, then vendor) and record it in the journal.

        Returns:
            The response, with a `Date` by the clock of the state. It has a body for HEAD, too:
            the adapter leaves it out. Problem details with status 404 if no vendor is meant, a
            500 that is not in the journal if the store fails.
        """
        if not self.shared:
            return self.answer_in(self.state, request)
        try:
            with self.transaction() as state:
                return self.answer_in(state, request)
        except StoreError:  # the store has logged it, once for all requests
            return self.store_failed(request)

    def answer_in(self, state: State, request: Request) -> Response:
        """Answer a request as `answer` does, in a transaction of the caller.

        Raises:
            StoreError: the store fails; the transaction must not be committed.
        """
        context = RequestContext(request, self.router, state, state.clock.moment())
        for phase in PHASES:
            phase(context)
        return context.response

    def answer_together(
        self, requests: Sequence[Request], alone: Callable[[int], Response]
    ) -> list[Response]:
        """Answer requests that came together, many of them in one transaction of the store.

        After a failed transaction half as many requests are tried. A smaller transaction ends
        sooner, so that the process that lost a conflict is likely to win the next one.

        Args:
            requests: The requests, in the order in which they came.
            alone: Answers the request at an index by itself; called for one that cannot be
                answered together with others.
        """
        answers: list[Response] = []
        most = len(requests)
        while len(answers) < len(requests):
            part = requests[len(answers) :][:most]
            done: list[Response] = []
            try:
                with self.backend.turn():
                    state = self.refresh()
                    for request in part:
                        done.append(self.answer_in(state, request))
            except StoreUnavailable:  # alone, each of them would wait for it again
                return answers + [self.store_failed(each) for each in requests[len(answers) :]]
            except Exception:  # nothing of this part was kept; `alone` logs it if it fails again
                most = len(done) if len(done) < len(part) else len(part) // 2
                if most == 0:
                    answers.append(alone(len(answers)))
                    most = len(requests)
            else:
                answers += done
                most = 2 * len(part)
        return answers

    def store_failed(self, request: Request) -> Response:
        """Return the vendor's 500 for a request for which the store failed."""
        routed, destination = self.router.route(request)
        response = vendor_error(500, destination, routed, "The store failed.")
        return response.with_headers(("Date", self.http_date()))

    @property
    def state(self) -> State:
        """The state as this process last saw it."""
        return self._state or self.refresh()

    def refresh(self, attempts: int = 10) -> State:
        """Return the current state; other processes may have moved its clock, or reset it."""
        store = self.backend.store(self._name, self._begin)
        state = self._state
        if state is not None and state.store is store:
            return state
        try:
            return self._begin(store)
        except Exception:
            # If another process reset or dropped it meanwhile, records were missing.
            if attempts == 1 or self.backend.is_current(self._name, store):
                raise
        return self.refresh(attempts - 1)

    def is_current(self, state: State) -> bool:
        """Return True unless `state` was reset or dropped."""
        return self.backend.is_current(self._name, state.store)

    @contextmanager
    def transaction(self) -> Iterator[State]:
        """Yield the current state; its changes are committed together or not at all."""
        with self.backend.transaction():
            yield self.refresh()

    def reset(self) -> None:
        """Go back to the initial state, with new signing keys, so that old tokens are refused.

        The secrets of the old state stay redacted.
        """
        with self.backend.transaction():
            before = self.refresh()
            secrets = before.secrets()
            self.backend.replace(self._name, lambda store: self._begin(store).remember(*secrets))
        before.journal.stop_waiting()

    def drop(self) -> None:
        """Forget the state; the next use begins a new one."""
        self.backend.drop(self._name)
        self.stop_waiting()

    def stop_waiting(self) -> None:
        """End every `wait` for requests now."""
        if self._state:
            self._state.journal.stop_waiting()

    def http_date(self) -> str:
        """Return a `Date` header by the state's clock, or by the machine's if it is unknown."""
        try:
            return self.state.clock.http_date() if self._state else machine_date()
        except StoreError:
            return machine_date()

    def check(self) -> None:
        """Raise StoreError unless the store can be written to now."""
        self.backend.check()

    def close(self) -> None:
        """Close what the store has open; the next call opens it again."""
        self.backend.close()

    def _begin(self, store: StateStore) -> State:
        self._state = State(store, self._options, shared=self.shared)
        return self._state
