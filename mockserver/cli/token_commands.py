"""Commands for the tokens, faults and stubs of a running server."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.shared_flags import CommandGroup, remote
from mockserver.model.http import Fault

if TYPE_CHECKING:
    from mockserver.testing.remote_mock import RemoteMock

_TOKEN_ID = re.compile("[0-9a-f]{16}")


@click.command()
@remote
def tokens(mock: "RemoteMock") -> tuple[Any, str]:
    """List the issued tokens, newest first, without the tokens themselves."""
    found = mock.tokens()
    lines = [
        f"{token['id']}  {token['state']:<8}{token['vendor']} {token['kind']} of {token['account']}"
        for token in found
    ]
    return found, "\n".join(lines) or "no tokens"


def _claims(_context: object, _option: object, text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        claims = json.loads(text)
    except ValueError:
        claims = None
    if not isinstance(claims, dict):
        raise click.UsageError('--claims must be a JSON object, such as \'{"iss": "other"}\'')
    return claims


@click.command()
@click.argument("vendor")
@click.option("--expires-in", type=int, help="Life of the token in seconds.")
@click.option(
    "--defect",
    help="expired, not-yet-valid, bad-signature, wrong-algorithm, no-signature or malformed.",
)
@click.option(
    "--claims",
    metavar="JSON",
    callback=_claims,
    help='Claims to replace, such as \'{"iss": "other"}\'; null removes a claim.',
)
@remote
def mint(
    mock: "RemoteMock",
    vendor: str,
    expires_in: int | None,
    defect: str | None,
    claims: dict[str, Any] | None,
) -> tuple[Any, str]:
    """Print a token of the built-in account as VENDOR sends it."""
    token = mock.mint(vendor, expires_in=expires_in, claims=claims, defect=defect)
    return {"id": token.id, "token": token, "expires": token.expires}, token.token


@click.command()
@click.argument("vendor")
@click.argument("token")
@remote
def explain(mock: "RemoteMock", vendor: str, token: str) -> tuple[Any, str, int]:
    """Say whether VENDOR accepts TOKEN now, and if not, why; the exit code is then 1."""
    found = mock.explain(vendor, token)
    detail = f": {found.detail}" if found.detail else ""
    value = {"accepted": found.accepted, "reason": found.reason, "detail": found.detail}
    return value, f"{found.reason}{detail}", 0 if found.accepted else 1


@click.command()
@click.argument("token")
@remote
def revoke(mock: "RemoteMock", token: str) -> tuple[Any, str]:
    """Revoke TOKEN, which is a token or its id: its vendor refuses it from now on."""
    if _TOKEN_ID.fullmatch(token):
        mock.revoke_id(token)
    else:
        mock.revoke(token)
    return {}, "revoked"


@click.command()
@click.argument("vendor")
@click.option("--endpoint", help="Only requests to this endpoint.")
@click.option(
    "--status", "--error", type=int, help="Status of the vendor's own error; default: 500."
)
@click.option("--fault", type=click.Choice(list(Fault)), help="Break the connection instead.")
@click.option("--times", type=int, help="Number of requests that fail; default: all.")
@click.option(
    "--phase",
    type=click.Choice(["before", "after"]),
    default="before",
    show_default=True,
    help="Fail before or after the vendor has processed the request.",
)
@remote
def fail(mock: "RemoteMock", vendor: str, **how: Any) -> tuple[Any, str]:
    """Make requests to VENDOR fail from now on."""
    if how["fault"] is not None and how["status"] is not None:
        raise click.UsageError("give --status or --fault, not both")
    stub = mock.fail(vendor, **how)
    return stub.mapping, f"stub {stub.id}"


@click.group(cls=CommandGroup)
def stubs() -> None:
    """List and remove the server's stubs."""


@stubs.command("list")
@remote
def list_stubs(mock: "RemoteMock") -> tuple[Any, str]:
    """List the stubs, the newest first."""
    found = [stub.mapping for stub in mock.stubs()]
    return found, "\n".join(map(_stub_line, found)) or "no stubs"


def _stub_line(mapping: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in mapping.items() if name not in ("id", "uuid")}
    return f"{mapping['id']}  {json.dumps(shown)}"


@stubs.command("remove")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Remove all stubs.")
@remote
def remove_stubs(mock: "RemoteMock", ids: tuple[str, ...], everything: bool) -> tuple[Any, str]:
    """Remove the stubs with these IDs."""
    if bool(ids) == everything:
        raise click.UsageError("give the IDs of stubs, or --all")
    found = mock.stubs()
    unknown = set(ids) - {stub.id for stub in found}
    if unknown:
        raise click.UsageError(f"there is no stub {', '.join(sorted(unknown))}")
    wanted = [stub for stub in found if everything or stub.id in ids]
    for stub in wanted:
        stub.remove()
    return {"removed": [stub.id for stub in wanted]}, f"{len(wanted)} removed"


TOKEN_COMMANDS = (tokens, mint, explain, revoke, fail, stubs)
