"""The credentials that a vendor knows."""

import pytest

from mockserver.model.accounts import Account, Accounts
from mockserver.model.known_secrets import SecretNames
from mockserver.model.state_store import RECORDS
from tests.state_parts import new_collection

ALICE: Account = {"user": "alice", "password": "a", "logins": {"x": "y"}}
BOB: Account = {"user": "bob", "password": "b"}


def known(*accounts: Account) -> Accounts:
    known = Accounts(new_collection(RECORDS), {}, SecretNames())
    for account in accounts:
        known.add(account)
    return known


def test_accounts_are_listed_in_order_found_by_id_and_removed() -> None:
    accounts = known(ALICE)
    bob = accounts.add(BOB)
    assert accounts.all() == [ALICE, BOB]
    assert accounts.get(bob) == BOB
    assert accounts.items()[1] == (bob, BOB)
    assert [accounts.remove(bob), accounts.get(bob), accounts.remove(bob)] == [BOB, None, None]
    assert accounts.all() == [ALICE]
    assert (known().all(), known().find({})) == ([], None)


@pytest.mark.parametrize(("credentials", "found"), [
    ({"user": "bob"}, BOB),
    ({"user": "bob", "password": "b"}, BOB),
    ({"logins": {"x": "y"}, "user": "alice"}, ALICE),
    ({"user": "bob", "password": "a"}, None),
    ({"user": "bob", "api-key": "b"}, None),
    ({"user": None}, None),
    ({"user": ["alice"]}, None),
])  # fmt: skip
def test_account_is_found_if_every_credential_is_right(
    credentials: dict[str, object], found: Account | None
) -> None:
    assert known(ALICE, BOB).find(credentials) == found


@pytest.mark.parametrize(("credentials", "reason"), [
    ({"user": "eve", "password": "a"}, "No account has this user."),
    ({"user": "bob", "password": "a"}, "password is not this account's."),
    ({"user": "bob", "password": None}, "password was not sent."),
    ({"user": "bob"}, "The account was added after the request was received."),
])  # fmt: skip
def test_first_wrong_credential_is_named(credentials: dict[str, object], reason: str) -> None:
    assert known(ALICE, BOB).mismatch(credentials) == reason
