"""Secrets are taken out of what is shown, wherever they stand and however they are spelled."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.redaction import NAMES, Recording, Redactor

CANARY = "canary/4f+1c=b"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJ4In0.c2lnbmF0dXJl"
TAG = r"\[redacted:[0-9a-f]{4}\]"


@pytest.fixture
def redact() -> Redactor:
    return Redactor(b"key", tuple)


def knowing(*secrets: str) -> Redactor:
    return Redactor(b"key", lambda: secrets).remember_known()


def coded(text: str) -> str:
    return b64encode(text.encode()).decode()


def is_tag(text: object) -> bool:
    return re.fullmatch(TAG, str(text)) is not None


def test_a_tag_is_short_and_equal_for_equal_values_only(redact: Redactor) -> None:
    tags = [redact.tag(value) for value in ("a", "b", "a")]
    assert all(map(is_tag, tags))
    assert tags[0] == tags[2] != tags[1]
    assert redact.tag("1") == redact.tag(1)


def test_a_tag_depends_on_the_key() -> None:
    tags = {Redactor(bytes([key]), tuple).tag("a") for key in range(20)}
    assert len(tags) > 15


@pytest.mark.parametrize("name", sorted(NAMES))
@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.title])
def test_a_secret_is_known_by_its_name_in_any_case(
    redact: Redactor, name: str, spelled: Callable[[str], str]
) -> None:
    assert is_tag(redact.field(spelled(name), "x"))
    assert redact.json({spelled(name): "x"}) == {spelled(name): redact.tag("x")}
    assert redact.query(f"{spelled(name)}=x") == f"{spelled(name)}={redact.tag('x')}"
    assert redact.headers(((spelled(name), "x"),)) == ((spelled(name), redact.tag("x")),)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Bearer abc", "Bearer #"),
        ("JWT abc def", "JWT #"),
        ("basic YTpi", "basic #"),
        ("abc", "#"),
        ("secret-of-mine abc", "#"),
        ("", "#"),
    ],
)
def test_of_authorization_the_scheme_stays(redact: Redactor, value: str, shown: str) -> None:
    for found in (
        redact.field("Authorization", value),
        redact.json({"authorization": value})["authorization"],
    ):
        assert re.sub(TAG, "#", found) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"token": None, "password": True}, {"token": None, "password": True}),
        ({"token": 12345678}, {"token": "#"}),
        ({"token": [1, "a", {"b": ["c", None]}]}, {"token": ["#", "#", {"b": ["#", None]}]}),
        ({"password": {"user": {"a": 1.5}}}, {"password": {"user": {"a": "#"}}}),
        ([{"a": [{"accessCode": "x"}]}], [{"a": [{"accessCode": "#"}]}]),
        (("a", 1), ["a", 1]),
        ({"n": 1, "f": 1.5, "b": False, "z": None}, {"n": 1, "f": 1.5, "b": False, "z": None}),
        ({"tokens": "x", "my-token": "y"}, {"tokens": "x", "my-token": "y"}),
        ({JWT: 1}, {"#": 1}),
        ({"a": json.dumps({"password": "x"})}, {"a": '{"password": "#"}'}),
        ({"a": '"password": "x'}, {"a": '"password": "#'}),
        (
            {"expression": "$.user.password", "equalTo": "x", "caseInsensitive": True},
            {"expression": "$.user.password", "equalTo": "#", "caseInsensitive": True},
        ),
        (
            {"expression": "$.passwords", "equalTo": "x"},
            {"expression": "$.passwords", "equalTo": "x"},
        ),
    ],
    ids=str,
)
def test_json_is_searched_at_any_depth(redact: Redactor, value: Any, shown: Any) -> None:
    assert json.loads(re.sub(TAG, "#", json.dumps(redact.json(value)))) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"user": "u", "password": "x"}', '{"user": "u", "password": "#"}'),
        ('{"token":null,"a":[1.50]}', '{"token":null,"a":[1.50]}'),
        ('{"a":  1}', '{"a":  1}'),
        ('{"password": "x", "password": null}', '{"password": "#", "password": #'),
        ('{"password": "x y", "b": "c"', '{"password": "#", "b": "c"'),
        ('{"password": "x\\" y", "b"', '{"password": "#", "b"'),
        ('{"password": "x', '{"password": "#'),
        ('{"password" : ["x", "y"], "b": {', '{"password" : #'),
        ('{"token": {"a": "x"', '{"token": #'),
        ("{'token': 'x'}", "{'token': '#'}"),
        ('"{\\"token\\": \\"x\\", \\"a\\": 1}"', '"{\\"token\\": \\"#\\", \\"a\\": 1}"'),
        ("password=x&user=u", "password=#&user=u"),
        ("user=u&access_token=x", "user=u&access_token=#"),
        ("api-key: x y\r\nAccept: */*", "api-key: #\r\nAccept: */*"),
        ("Authorization: Bearer x\nA: b", "Authorization: #\nA: b"),
        ("$[?(@.password == 'x')]", "$[?(@.password == '#')]"),
        ("$.password equalTo x", "$.password equalTo #"),
        ("$['token'] contains x y", "$['token'] contains #"),
        (".*token=~x", ".*token=#"),
        ("user[password]=x&user[name]=u", "user[password]=#&user[name]=u"),
        ("user%5Bpassword%5D=a%26b+c&n=a%26b", "user[password]=#&n=a%26b"),
        ("password%5B%5D=x&filter%5Btoken%5D%5Ba%5D=y", "password[]=#&filter[token][a]=#"),
        ("data=%7B%22password%22%3A%22x%22%7D&n=1", 'data={"password": "#"}&n=1'),
        ("api-key%3Dx&n", "api-key=#&n"),
        ("/p?user.password=x", "/p?user.password=#"),
        ("my-token%3Dx", "my-token=#"),
        ("mytokens%5Ba%5D=x", "mytokens%5Ba%5D=x"),
        ("<a><password>x y</password><b>x</b></a>", "<a><password>#</password><b>x</b></a>"),
        ("<s:Token type='a' >x</s:Token>", "<s:Token type='a' >#</s:Token>"),
        ("<password><![CDATA[x<y]]></password>", "<password>#</password>"),
        ("<token/><b>x</b>", "<token/><b>x</b>"),
        ("<a><token>x", "<a><token>#"),
        ("<tokens>x</tokens>", "<tokens>x</tokens>"),
        ("a=Basic dTpw", "a=Basic #"),
        ("a=basic realm", "a=basic realm"),
        ("the token is wrong", "the token is wrong"),
        ("token", "token"),
        ("token=", "token="),
        ("password=[redacted:12ab]&a", "password=#&a"),
        ('"password": "[redacted:12ab]"', '"password": "#"'),
        ("", ""),
        ("\ud800", "\ud800"),
    ],
    ids=repr,
)
def test_a_text_is_searched_for_names_and_what_stands_behind_them(
    redact: Redactor, text: str, shown: str
) -> None:
    assert re.sub(TAG, "#", redact.body(text)) == shown
    assert re.sub(TAG, "#", redact.field("any", text)) == shown


def test_a_multipart_form_is_searched_for_names(redact: Redactor) -> None:
    body = (
        '--b\r\nContent-Disposition: form-data; name="password"\r\nContent-Type: text/plain\r\n'
        '\r\nx\r\ny\r\n--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nu\r\n--b--\r\n'
    )
    shown = re.sub(TAG, "#", redact.body(body))
    assert shown == body.replace("x\r\ny", "#")


def test_what_is_nested_too_deep_to_be_looked_through_is_not_shown(redact: Redactor) -> None:
    for depth in (300, 700, 100_000):
        body = '{"a":' * depth + f'{{"password":"{CANARY}"}}' + "}" * depth
        assert CANARY not in redact.body(body)


@pytest.mark.parametrize(
    "spell",
    [
        str,
        quote,
        quote_plus,
        lambda secret: quote(secret, safe=""),
        lambda secret: json.dumps(secret)[1:-1],
        lambda secret: secret.replace("/", "\\/"),
        lambda secret: re.sub("....", r"\\u\g<0>", secret.encode("utf-16-be").hex()),
        coded,
        lambda secret: urlsafe_b64encode(f"user:{secret}".encode()).decode().rstrip("="),
        lambda secret: f"Basic {coded(f'a-user:{secret}')}",
        lambda secret: f"/path/{coded(f'u:{secret}')}/more",
        lambda secret: coded(json.dumps({"a": [secret]})),
        lambda secret: coded(f"before {coded(secret)} behind"),
        lambda secret: quote(quote(quote(secret, safe=""), safe=""), safe=""),
        escape,
        "\0".join,
        lambda secret: secret.encode().decode("latin-1"),
        lambda secret: secret.replace("+", " "),
    ],
    ids=range(18),
)
@pytest.mark.parametrize(
    "secret", [CANARY, "pass wörd", "päßwörter+x y", 'quote"back\\slash', "\U0001f511-key~1"]
)
@pytest.mark.parametrize("around", ["{}", "x={}", "(before {} behind)", '{{"a": "{}'])
def test_a_known_secret_is_found_however_it_is_spelled(
    spell: Callable[[str], str], secret: str, around: str
) -> None:
    if spell(secret) == secret.replace("/", "\\/") and "\\" in secret:
        return  # a backslash that escapes nothing
    text = around.replace("{{", "{").replace("{}", spell(secret))
    shown = knowing(secret).text(text)
    assert re.search(TAG, shown)
    assert spell(secret) not in shown
    assert secret not in shown


def test_a_secret_spelled_in_two_ways_is_found_twice() -> None:
    shown = knowing(CANARY).text(f"{CANARY} {quote(CANARY, safe='')} {coded(CANARY)}")
    assert re.sub(TAG, "#", shown) == "# # #"


def test_a_text_without_a_secret_stays_as_it_was() -> None:
    text = "100%25 of \\u0041bc%2F, dGVzdC10ZXN0LXRlc3Q= and a.b.c"
    assert knowing(CANARY).body(text) == text


def test_what_was_issued_is_found_and_given_back(redact: Redactor) -> None:
    assert redact.text(CANARY) == CANARY
    assert redact.remember(CANARY) == CANARY
    assert is_tag(redact.text(CANARY))


def test_what_was_known_once_stays_secret() -> None:
    known = [CANARY]
    redact = Redactor(b"key", lambda: known)
    assert redact.remember_known() is redact
    known.clear()
    assert is_tag(redact.remember_known().text(CANARY))


def test_a_short_secret_is_redacted_by_name_alone() -> None:
    redact = knowing("short")
    assert redact.json({"password": "short", "a": "short"}) == {
        "password": redact.tag("short"),
        "a": "short",
    }


@pytest.mark.parametrize(
    "token", [JWT, JWT.rpartition(".")[0], JWT.rpartition(".")[0] + ".", f"{JWT}.more.parts"]
)
def test_what_looks_like_a_jwt_is_a_secret(redact: Redactor, token: str) -> None:
    for text in (token, f"JWT {token}", f'("{token}")', f"a={token}&b"):
        assert redact.text(text) == text.replace(token, redact.tag(token))
    assert redact.query(f"{token}&a={token}") == f"{redact.tag(token)}&a={redact.tag(token)}"


@pytest.mark.parametrize(
    "query", ["", "a=b%20c", "a&b==c&&=d", "q=%e4&%41=%2B+", "x=%00&\ud800", "a=b;c"]
)
def test_a_query_without_a_secret_is_shown_as_it_was_sent(redact: Redactor, query: str) -> None:
    assert redact.query(query) == query


def test_of_a_query_only_the_secret_parts_are_shown_otherwise(redact: Redactor) -> None:
    shown = redact.query(f"a=b%20c&tok%65n=x&{JWT}=d%20e&token=x%20y")
    assert shown == (
        f"a=b%20c&token={redact.tag('x')}&{redact.tag(JWT)}=d%20e&token={redact.tag('x y')}"
    )


@pytest.mark.parametrize(
    "query",
    [
        "x={}", "{}=x", "{}", "x=%26{}%2B", "user%5Bpassword%5D={}", "password%5B%5D={}",
        "user[password]={}", "api-key%3D{}", "q=%7B%22token%22%3A%22{}%22%7D",
    ],
)  # fmt: skip
@pytest.mark.parametrize("spell", [str, quote, quote_plus, lambda text: quote(text, safe="")])
def test_a_secret_is_found_in_a_query_however_it_is_sent(
    query: str, spell: Callable[[str], str]
) -> None:
    secret = "c4n+ry/=&w+x=="
    shown = knowing(secret).query(query.format(spell(secret)))
    assert re.search(TAG, shown)
    for left in (secret, secret.replace("+", " "), quote(secret), quote(secret, safe="")):
        assert left not in shown


def test_of_a_list_of_parameters_an_empty_one_is_no_secret(redact: Redactor) -> None:
    assert redact.query("token=&password=[redacted:12ab]") == "token=&password=[redacted:12ab]"


@pytest.mark.parametrize("name", ["user[password]", "password[]", "filter[token][a]", "user.token"])
def test_a_secret_is_known_by_the_last_part_of_its_name(redact: Redactor, name: str) -> None:
    assert is_tag(redact.field(name, "x"))
    assert redact.json({name: {"a": "x"}}) == {name: {"a": redact.tag("x")}}


def test_a_users_name_and_password_in_latin_1_are_found(redact: Redactor) -> None:
    pair = b64encode("user:pässwor".encode("latin-1")).decode()
    assert re.sub(TAG, "#", redact.body(f"a: Basic {pair}")) == "a: Basic #"


def test_of_a_persons_own_words_only_what_is_known_is_a_secret() -> None:
    redact = knowing(CANARY)
    said = {
        "why": "password: hunter2",
        "a": [CANARY, JWT],
        "token": "x",
        "b": {"password": {"c": 1}},
    }
    assert redact.json(said, prose=True) == {
        "why": "password: hunter2",
        "a": [redact.tag(CANARY), redact.tag(JWT)],
        "token": redact.tag("x"),
        "b": {"password": {"c": redact.tag(1)}},
    }


def test_a_recording_redacts_alike_and_keeps_what_is_behind_each_tag() -> None:
    redact = knowing(CANARY)
    value = {"token": 5, "a": [CANARY, "b"], "password": "x"}
    recording = Recording(redact)
    assert recording.json(value) == redact.json(value)
    assert recording.behind == {
        redact.tag(5): 5,
        redact.tag(CANARY): CANARY,
        redact.tag("x"): "x",
    }


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(sorted(NAMES)) | st.text(), inner)
    ),
    max_leaves=8,
)


@given(JSON, st.text(min_size=6))
def test_nothing_breaks_a_redactor_and_no_known_secret_is_left(value: Any, secret: str) -> None:
    redact = knowing(secret)
    planted = {"a": secret, "b": [value, f"x{secret}y"]}
    assert secret not in _texts(redact.json(planted))
    assert secret not in redact.body(json.dumps(planted, ensure_ascii=False))


@given(st.text())
def test_no_text_breaks_a_redactor(text: str) -> None:
    redact = knowing(CANARY)
    for shown in (redact.text(text), redact.body(text), redact.query(text)):
        assert isinstance(shown, str)


def _texts(value: Any) -> str:
    """All texts of a JSON value, so that no quoting hides one."""
    if isinstance(value, dict):
        return "\n".join([*value, *map(_texts, value.values())])
    return "\n".join(map(_texts, value)) if isinstance(value, list) else str(value)
