"""Rules on what is sent where: tokens and secrets in URLs, schemes, vendors, transports."""

from urllib.parse import parse_qsl, urljoin, urlsplit

from mockserver.model.http import Request
from mockserver.verdicts.exchanges import Exchange, History, Outcome, Rule, SentToken, Violation

_SHORTEST = 6  # characters of a secret that is searched for in a URL
_FOLLOWED = 5  # requests after a redirect among which the redirected one is looked for
_IN_URL_AND_BODY = ("url", "body")


def _token_in_url(history: History) -> Outcome:
    broken = [
        Violation((each,), "the token is sent in a header, where no log and no history keeps it")
        for each in history.exchanges
        if any(_leaks(each, token, history) for token in each.sent)
    ]
    return Outcome(history.uses, broken)


def _leaks(each: Exchange, token: SentToken, history: History) -> bool:
    if token.place != "url" or token.id in history.codes:
        return False
    allowed = each.usage.in_query.get(each.entry.routed.endpoint or "", ()) if each.usage else ()
    return not token.before.endswith(tuple(f"{mark}{name}=" for name in allowed for mark in "?&"))


def _secret_in_url(history: History) -> Outcome:
    sent = [each for each in history.exchanges if each.is_purchase or each.used]
    broken = [
        Violation((each,), "the secret is sent in a header or in the body")
        for each in history.exchanges
        if _has_secret_in_url(each, history)
    ]
    return Outcome(sent, broken)


def _has_secret_in_url(each: Exchange, history: History) -> bool:
    if any(token.place == "url" and token.id in history.codes for token in each.sent):
        return True
    request = each.request
    values = [*parse_qsl(request.query), *(("", part) for part in request.path.split("/"))]
    named = _secret_names(each)
    return any(
        (name.lower() in named and value) or (len(value) >= _SHORTEST and value in history.secrets)
        for name, value in values
    )


def _secret_names(each: Exchange) -> set[str]:
    """Return the vendor's names of secrets, without those of tokens."""
    names = each.vendor.secret_fields if each.vendor else ()
    return {name.lower() for name in names if not name.lower().endswith("token")}


def _code_as_bearer(history: History) -> Outcome:
    uses = [each for each in history.uses if each.usage and each.usage.single_use]
    broken = [
        Violation((each,), "the code is exchanged for a token, and the token is sent")
        for each in history.uses
        if each.used in history.codes
    ]
    return Outcome(uses, broken)


def _wrong_scheme(history: History) -> Outcome:
    kept, broken = [], []
    for each in history.uses:
        if each.usage is None or each.vendor is None or _is_foreign(each, history):
            continue
        in_headers = [token for token in each.sent if token.place not in _IN_URL_AND_BODY]
        if each.is_well_formed:
            kept.append(each)
        elif in_headers or all(token.place == "body" for token in each.sent):
            broken.append(Violation((each,), f"the header is {_form(each)}"))
    return Outcome(kept, broken)


def _is_foreign(each: Exchange, history: History) -> bool:
    """Return True for a code, and for another vendor's token, which other rules judge."""
    foreign = [token.owner not in ("", each.entry.routed.vendor) for token in each.sent]
    return each.used in history.codes or any(foreign)


def _form(each: Exchange) -> str:
    usage, vendor = each.usage, each.vendor
    prefix = vendor.token_prefix if vendor else ""
    scheme = usage.scheme if usage else ""
    before = prefix or (f"{scheme} " if scheme else "")
    return f"`{usage.header if usage else ''}: {before}<token>`, once"


def _two_schemes(history: History) -> Outcome:
    broken = [
        Violation((each,), f"the token is sent one way only: {_form(each)}")
        for each in history.uses
        if each.usage and len({_way(each, token) for token in each.sent} - {""}) > 1
    ]
    return Outcome([each for each in history.uses if each.usage], broken)


def _way(each: Exchange, token: SentToken) -> str:
    endpoint = each.entry.routed.endpoint or ""
    is_data = token.place == "url" and each.usage and endpoint in each.usage.in_query
    return "" if is_data else token.place


def _wrong_vendor(history: History) -> Outcome:
    redirected = _redirected(history)
    broken = [
        Violation((each,), "the token goes to the vendor that issued it, and to no other")
        for each in history.uses
        if each.vendor and each not in redirected and _owners(each) - {each.vendor.name}
    ]
    return Outcome([each for each in history.uses if _owners(each)], broken)


def _owners(each: Exchange) -> set[str]:
    return {token.owner for token in each.sent} - {""}


def _plain_http(history: History) -> Outcome:
    kept, broken = [], []
    for each in history.exchanges:
        if not (each.is_purchase or each.used) or each.request.way == "plain":
            continue  # a client that was given a loopback address has no choice
        if each.request.way == "proxy" or each.request.scheme != "https":
            broken.append(Violation((each,), "the request is sent over https, through CONNECT"))
        else:
            kept.append(each)
    return Outcome(kept, broken)


def _redirect_leak(history: History) -> Outcome:
    redirected = _redirected(history)
    redirects = [each for each in history.exchanges if _target_elsewhere(each)]
    broken = [
        Violation((origin, each), "the redirected request carries no token and no secret")
        for each, origin in redirected.items()
        if _carries_secret(each, origin, history)
    ]
    return Outcome(redirects, broken)


def _carries_secret(each: Exchange, origin: Exchange, history: History) -> bool:
    """Return True if a token or secret of the redirected request came again."""
    if {token.id for token in each.sent} & {token.id for token in origin.sent}:
        return True
    bodies = [one.request.body.decode("latin-1") for one in (origin, each)]
    secrets = [secret for secret in history.secrets if len(secret) >= _SHORTEST]
    if any(all(secret in body for body in bodies) for secret in secrets):
        return True
    names = {"authorization", *_secret_names(origin)}
    if origin.usage:
        names.add(origin.usage.header)
    headers, before = each.request.headers, origin.request.headers
    return any(headers.get(name) and headers.get(name) == before.get(name) for name in names)


def _redirected(history: History) -> dict[Exchange, Exchange]:
    """Return the requests that a redirect led to another origin, each with the redirect."""
    found: dict[Exchange, Exchange] = {}
    for at, origin in enumerate(history.exchanges):
        targets = _target_elsewhere(origin)
        for each in history.exchanges[at + 1 : at + 1 + _FOLLOWED] if targets else ():
            if _url(each.request) in targets:
                found[each] = origin
                break
    return found


def _target_elsewhere(each: Exchange) -> list[str]:
    """Return the URL to which a response redirects; none if it has the same origin or is wrong."""
    location = each.headers.get("location") if 300 <= each.status < 400 else None
    if location is None:
        return []
    url = _url(each.request)
    try:
        target = urljoin(url, location)
        is_elsewhere = _origin(target) != _origin(url)
    except ValueError:
        return []
    return [target.partition("#")[0]] if is_elsewhere else []


def _url(request: Request) -> str:
    target = request.target or request.path + (f"?{request.query}" if request.query else "")
    return f"{request.scheme}://{request.headers.get('host') or ''}{target}"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, parts.hostname, parts.port or default


RULES = (
    Rule(
        "token-in-url",
        "error",
        "No URL contains a token.",
        "RFC 6750, 2.3 and 5.3; RFC 9700, 4.3.2",
        _token_in_url,
    ),
    Rule(
        "secret-in-url",
        "error",
        "No URL contains a key, a password, a code or another secret.",
        "RFC 6749, 2.3.1; RFC 9110, 17.9",
        _secret_in_url,
    ),
    Rule(
        "code-as-bearer",
        "error",
        "An access code is exchanged for a token, and never sent in its place.",
        "RFC 6749, 4.1.2; the vendor's page: the access code cannot be used to call the API",
        _code_as_bearer,
    ),
    Rule(
        "wrong-scheme",
        "error",
        "The token is sent in the header, and after the scheme, that its vendor requires.",
        "RFC 9110, 11.1; the vendors' pages",
        _wrong_scheme,
    ),
    Rule(
        "two-schemes",
        "error",
        "A request carries its token in one way only.",
        "RFC 6750, 2",
        _two_schemes,
    ),
    Rule(
        "wrong-vendor",
        "error",
        "A token is sent to the vendor that issued it, and to no other.",
        "RFC 6750, 5.1 and 5.2 (token redirect)",
        _wrong_vendor,
    ),
    Rule(
        "plain-http",
        "error",
        "Tokens and credentials are sent over https only.",
        "RFC 6750, 5.3; RFC 6749, 3.2",
        _plain_http,
    ),
    Rule(
        "redirect-leak",
        "error",
        "After a redirect to another origin neither token nor secret is sent there.",
        "RFC 9110, 15.4",
        _redirect_leak,
    ),
)
"""The rules of this module."""
