"""Secrets are redacted by name, by value, and by shape."""

import json
import re
import zlib
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.known_secrets import USUAL_NAMES, SecretNames
from mockserver.model.redaction import RecordingRedactor, Redactor
from tests.call_counter import count_calls

CANARY = "canary/4f+1c=b"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJ4In0.c2lnbmF0dXJl"
TAG = r"\[redacted:[0-9a-f]{4}\]"


@pytest.fixture
def redact() -> Redactor:
    return Redactor(b"key", tuple, SecretNames(["accessCode", "pin"]), ["JWT"])


def knowing(*secrets: str) -> Redactor:
    return Redactor(b"key", lambda: secrets).remember_known()


def coded(text: str) -> str:
    return b64encode(text.encode()).decode()


def without_tags(text: str) -> str:
    return re.sub(TAG, "#", text)


def is_tag(text: object) -> bool:
    return re.fullmatch(TAG, str(text)) is not None


def test_tag_is_short_and_equal_for_equal_values_and_keys_only(redact: Redactor) -> None:
    tags = [redact.tag(value) for value in ("a", "b", "a")]
    assert all(map(is_tag, tags))
    assert tags[0] == tags[2] != tags[1]
    assert redact.tag("1") == redact.tag(1)
    assert len({Redactor(bytes([key]), tuple).tag("a") for key in range(20)}) > 15


@pytest.mark.parametrize("name", [*USUAL_NAMES, "token", "accessCode"])
@pytest.mark.parametrize("spelled", [
    str.lower, str.upper, str.title, lambda name: f"x-{name}", lambda name: f"the_{name}",
])  # fmt: skip
def test_secret_is_known_by_its_name_and_by_a_part_of_it(
    redact: Redactor, name: str, spelled: Callable[[str], str]
) -> None:
    assert is_tag(redact.field(spelled(name), "x"))
    assert redact.json({spelled(name): "x"}) == {spelled(name): redact.tag("x")}
    assert redact.query(f"{spelled(name)}=x") == f"{spelled(name)}={redact.tag('x')}"
    assert redact.headers(((spelled(name), "x"),)) == ((spelled(name), redact.tag("x")),)


@pytest.mark.parametrize(("value", "shown"), [
    ({"token": None, "password": True}, {"token": None, "password": True}),
    ({"token": 12345678}, {"token": "#"}),
    ({"token": [1, "a", {"b": ["c", None]}]}, {"token": ["#", "#", {"b": ["#", None]}]}),
    ({"password": {"user": {"a": 1.5}}}, {"password": {"user": {"a": "#"}}}),
    ([{"a": [{"accessCode": "x"}]}], [{"a": [{"accessCode": "#"}]}]),
    (("a", 1), ["a", 1]),
    ({"n": 1, "f": 1.5, "b": False, "z": None}, {"n": 1, "f": 1.5, "b": False, "z": None}),
    ({"tokens": "x", "my-token": "y"}, {"tokens": "x", "my-token": "#"}),
    ({JWT: 1}, {"#": 1}),
    ({"a": json.dumps({"password": "x"})}, {"a": '{"password": "#"}'}),
    ({"a": '"password": "x'}, {"a": '"password": "#'}),
    ({"expression": "$.user.password", "equalTo": "x", "caseInsensitive": True},
     {"expression": "$.user.password", "equalTo": "#", "caseInsensitive": True}),
    ({"expression": "$.words", "equalTo": "x"}, {"expression": "$.words", "equalTo": "x"}),
], ids=str)  # fmt: skip
def test_json_is_searched_at_any_depth(redact: Redactor, value: Any, shown: Any) -> None:
    assert json.loads(without_tags(json.dumps(redact.json(value)))) == shown


@pytest.mark.parametrize(("text", "shown"), [
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
    ("a=Basic dTpw", "a=Basic #"),
    ("a=basic realm", "a=basic realm"),
    ("the token is wrong", "the token is wrong"),
    ("token", "token"),
    ("token=", "token="),
    ("password=[redacted:12ab]&a", "password=#&a"),
    ('"password": "[redacted:12ab]"', '"password": "#"'),
    ("a: Basic dXNlcjpw5HNzd29y", "a: Basic #"),  # in Latin-1
    ("", ""),
    ("\ud800", "\ud800"),
], ids=repr)  # fmt: skip
def test_value_behind_a_secret_name_is_redacted_in_text(
    redact: Redactor, text: str, shown: str
) -> None:
    assert without_tags(redact.body(text)) == shown
    assert without_tags(redact.field("any", text)) == shown


def test_secret_nested_too_deep_is_not_shown(redact: Redactor) -> None:
    for depth in (300, 700, 100_000):
        body = '{"a":' * depth + f'{{"password":"{CANARY}"}}' + "}" * depth
        assert CANARY not in redact.body(body)


@pytest.mark.parametrize(
    "around", ["{}", "x={}", "(before {} behind)", '{{"a": "{}"}}', '{{"a": "{}']
)
@pytest.mark.parametrize("spell", [str, quote, quote_plus, lambda secret: json.dumps(secret)[1:-1]])
def test_known_secret_is_found_in_any_text(spell: Callable[[str], str], around: str) -> None:
    secret = "päss/wört+x y"
    shown = knowing(secret).body(
        around.replace("{{", "{").replace("}}", "}").replace("{}", spell(secret))
    )
    assert re.search(TAG, shown)
    assert not any(part in shown for part in ("p%C3%A4ss", "pass", "päss"))


def test_remembered_secret_stays_secret_and_a_short_one_is_redacted_by_name(
    redact: Redactor,
) -> None:
    assert redact.text(CANARY) == CANARY
    assert redact.remember(CANARY) == CANARY
    assert is_tag(redact.text(CANARY))
    known = [CANARY]
    redact = Redactor(b"key", lambda: known)
    assert redact.remember_known() is redact
    known.clear()
    assert is_tag(redact.remember_known().text(CANARY))
    redact = knowing("short")
    shown = redact.json({"password": "short", "a": "short"})
    assert shown == {"password": redact.tag("short"), "a": "short"}


@pytest.mark.parametrize(
    "token", [JWT, JWT.rpartition(".")[0], JWT.rpartition(".")[0] + ".", f"{JWT}.more.parts"]
)
def test_jwt_is_a_secret(redact: Redactor, token: str) -> None:
    for text in (token, f"JWT {token}", f'("{token}")', f"a={token}&b"):
        assert redact.text(text) == text.replace(token, redact.tag(token))
    assert redact.query(f"{token}&a={token}") == f"{redact.tag(token)}&a={redact.tag(token)}"


def test_only_the_secret_parts_of_a_query_are_shown_otherwise(redact: Redactor) -> None:
    for query in ("", "a=b%20c", "a&b==c&&=d", "q=%e4&%41=%2B+", "x=%00&\ud800", "a=b;c"):
        assert redact.query(query) == query
    assert redact.query("token=&password=[redacted:12ab]") == "token=&password=[redacted:12ab]"
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
@pytest.mark.parametrize("spell", [quote, quote_plus, lambda text: quote(text, safe="")])
def test_secret_is_found_in_a_query_in_any_encoding(
    query: str, spell: Callable[[str], str]
) -> None:
    secret = "c4n+ry/=&w+x=="
    shown = knowing(secret).query(query.format(spell(secret)))
    assert re.search(TAG, shown)
    for left in (secret, secret.replace("+", " "), quote(secret), quote(secret, safe="")):
        assert left not in shown


@pytest.mark.parametrize("name", ["user[password]", "password[]", "filter[token][a]", "user.token"])
def test_secret_is_known_by_the_last_part_of_its_name(redact: Redactor, name: str) -> None:
    assert is_tag(redact.field(name, "x"))
    assert redact.json({name: {"a": "x"}}) == {name: {"a": redact.tag("x")}}


def test_prose_keeps_all_but_known_secrets() -> None:
    redact = knowing(CANARY)
    why = "password: hunter2"
    said = {"why": why, "a": [CANARY, JWT], "token": "x", "b": {"password": {"c": 1}}}
    x, one = redact.tag("x"), redact.tag(1)
    tags = [redact.tag(CANARY), redact.tag(JWT)]
    shown = {"why": why, "a": tags, "token": x, "b": {"password": {"c": one}}}
    assert redact.json(said, prose=True) == shown


def test_recording_keeps_the_value_behind_each_tag() -> None:
    redact = knowing(CANARY)
    value = {"token": 5, "a": [CANARY, "b"], "password": "x"}
    recording = RecordingRedactor(redact)
    assert recording.json(value) == redact.json(value)
    assert recording.behind == {redact.tag(secret): secret for secret in (5, CANARY, "x")}


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(USUAL_NAMES) | st.text(), inner)
    ),
    max_leaves=8,
)


@given(JSON, st.text(min_size=6))
def test_any_json_is_redacted(value: Any, secret: str) -> None:
    redact = knowing(secret)
    planted = {"a": secret, "b": [value, f"x{secret}y"]}
    assert secret not in _texts(redact.json(planted))
    assert secret not in redact.body(json.dumps(planted, ensure_ascii=False))


@given(st.text())
def test_any_text_is_redacted(text: str) -> None:
    redact = knowing(CANARY)
    assert all(isinstance(show(text), str) for show in (redact.text, redact.body, redact.query))


def _texts(value: Any) -> str:
    """Return all texts of a JSON value, so that no quoting hides one."""
    if isinstance(value, dict):
        return "\n".join([*value, *map(_texts, value.values())])
    return "\n".join(map(_texts, value)) if isinstance(value, list) else str(value)


def test_secret_names_are_as_documented() -> None:
    names = SecretNames(["access_code", "pin"])
    secret = [
        *("Proxy-Authorization", "X-API-Key", "clientSecret", "PHPSESSID", "connect.sid", "pin"),
        *("user_pass", "X-Auth", "Ocp-Apim-Subscription-Key", "credentials", "sessionId"),
        *("X-CSRF-Token", "user-token", "theAccessCodeOfMine", "new_pin"),
    ]
    public = ["passenger", "author", "token_type", "tokenId", "spinning", ""]
    assert [name for name in (*secret, *public) if name in names] == secret


def test_any_number_of_names_is_decided() -> None:
    names = SecretNames()
    numbers = range(10_002)  # more than are cached
    assert all(f"{number}_token" in names and f"{number}_id" not in names for number in numbers)


@pytest.mark.parametrize(("name", "value", "shown"), [
    ("Authorization", "Bearer abc", "Bearer #"),
    ("Authorization", "JWT abc def", "JWT #"),
    ("Authorization", "basic YTpi", "basic #"),
    *(("Authorization", value, "#") for value in ("abc", "secret-of-mine abc", "")),
    ("Cookie", "a=1; session=x y; b", "a=#; session=#; b"),
    ("Cookie", "x", "#"),
    ("Set-Cookie", "a=x=y; Path=/; Max-Age=1", "a=#; Path=/; Max-Age=1"),
    ("X-Cookie-Copy", "a=1; b=2", "a=#; b=#"),
    ("Proxy-Authorization", "Bearer x", "Bearer #"),
])  # fmt: skip
def test_schemes_and_names_of_cookies_are_shown(
    redact: Redactor, name: str, value: str, shown: str
) -> None:
    assert without_tags(redact.field(name, value)) == shown
    if name == "Authorization":
        assert without_tags(redact.json({name.lower(): value})[name.lower()]) == shown


@pytest.mark.parametrize(("text", "shown"), [
    ("see http://user:pw@h:80/p", "see http://#@h:80/p"),
    ("redis://:p@ss@h/0", "redis://#@h/0"),
    ("https://h/p?to=a@b.c", "https://h/p?to=a@b.c"),
    ("x://[redacted:1a2b]@h", "x://#@h"),
])  # fmt: skip
def test_userinfo_of_a_url_is_not_shown(redact: Redactor, text: str, shown: str) -> None:
    assert without_tags(redact.text(text)) == shown
    assert redact.text(redact.text(text)) == redact.text(text)


def deflated(body: bytes, window: int) -> bytes:
    compressor = zlib.compressobj(wbits=window)
    return compressor.compress(body) + compressor.flush()


@pytest.mark.parametrize("window", [31, 15, -15], ids=["gzip", "zlib", "deflate"])
def test_compressed_body_is_shown_decompressed(redact: Redactor, window: int) -> None:
    body = deflated(b'{"password": "hunter2", "user": "u"}', window)
    shown = redact.octets(body, "gzip").decode()
    assert without_tags(shown) == '{"password": "#", "user": "u"}'
    if window == 31:
        assert redact.octets(body).decode() == shown
    assert redact.octets(body[:-12], "gzip")  # one that was cut


def test_body_that_cannot_be_decompressed_is_not_shown(redact: Redactor) -> None:
    assert redact.octets(b"\xffpassword=hunter2", "br") == b""
    assert redact.octets(deflated(b"x" * 70_000, 31), "gzip") == b""
    assert redact.octets(b"plain", "identity") == b"plain"


def test_repeated_name_takes_linear_time(redact: Redactor) -> None:
    for line in ("password=", "<password>", 'name="password"\n', '"token": "', "token[", "a b"):
        text = line * (15_000 // len(line))
        half, whole = (count_calls(partial(redact.body, text[:n])) for n in (7_500, 15_000))
        assert whole < 2.5 * half + 100, line
