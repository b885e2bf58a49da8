"""The credentials that a vendor knows."""

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


def test_accounts_are_listed_in_the_order_in_which_they_came() -> None:
    accounts = known(ALICE)
    accounts.add(BOB)
    assert accounts.all() == [ALICE, BOB]


def test_an_account_has_an_id_under_which_it_is_got_and_removed() -> None:
    accounts = known(ALICE)
    bob = accounts.add(BOB)
    assert accounts.get(bob) == BOB
    assert accounts.items()[1] == (bob, BOB)
    assert accounts.remove(bob) == BOB
    assert accounts.get(bob) is None
    assert accounts.remove(bob) is None
    assert accounts.all() == [ALICE]


def test_an_account_is_found_by_some_of_its_credentials() -> None:
    accounts = known(ALICE, BOB)
    assert accounts.find({"user": "bob"}) == BOB
    assert accounts.find({"user": "bob", "password": "b"}) == BOB


def test_every_credential_must_be_true() -> None:
    accounts = known(ALICE, BOB)
    assert accounts.find({"user": "bob", "password": "a"}) is None
    assert accounts.find({"user": "bob", "api-key": "b"}) is None
    assert accounts.find({"user": None}) is None


def test_credentials_of_any_type_find_nothing_and_break_nothing() -> None:
    assert known(ALICE).find({"user": ["alice"]}) is None
    assert known(ALICE).find({"logins": {"x": "y"}, "user": "alice"}) == ALICE


def test_the_first_credential_that_goes_with_nobody_is_told() -> None:
    accounts = known(ALICE, BOB)
    assert accounts.mismatch({"user": "eve", "password": "a"}) == "No account has this user."
    assert accounts.mismatch({"user": "bob", "password": "a"}) == "password is not this account's."
    assert accounts.mismatch({"user": "bob", "password": None}) == "password was not sent."
    assert (
        accounts.mismatch({"user": "bob"})
        == "The account was added after the request was received."
    )


def test_there_may_be_no_account() -> None:
    assert known().all() == []
    assert known().find({}) is None
