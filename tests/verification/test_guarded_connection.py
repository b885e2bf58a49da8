"""A deadline ends connections, whatever is done with them."""

import socket

import pytest

from mockserver.verification.guarded_connection import ConnectionDeadline, NoAnswer


def test_it_ends_what_it_watches() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.settimeout(30)
        with ConnectionDeadline(0.1) as deadline:
            deadline.watch(near)
            assert near.recv(1) == b""
            with pytest.raises(NoAnswer, match=r"longer than 0\.1 s"):
                deadline.check()


def test_a_connection_that_comes_too_late_is_ended_at_once() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.settimeout(30)
        with ConnectionDeadline(30) as deadline:
            deadline._end()
            deadline.watch(near)
            assert near.recv(1) == b""


def test_in_time_nothing_happens() -> None:
    near, far = socket.socketpair()
    with near, far:
        with ConnectionDeadline(30) as deadline:
            deadline.watch(near)
        far.sendall(b"x")
        assert near.recv(1) == b"x"
