"""Delinking: the end of a permanent token."""

from mockserver.model.http import Response
from mockserver.model.vendor import Call
from mockserver.vendors.dapi.data import done
from mockserver.vendors.dapi.session import open_session
from mockserver.vendors.dapi.settings import Settings


def delink_user(call: Call[Settings]) -> Response:
    """Answer `POST`: revoke the token (P path, X answers); a new login gives a new one."""
    session = open_session(call)
    call.state.revoke(session.token)
    return done({})
