"""Judge tokens with one Python library: `python python_libraries.py LIBRARY < cases > outcomes`."""

import base64
import json
import sys


def pyjwt(key):
    import jwt

    def verify(token, audience):
        return jwt.decode(token, key, algorithms=["HS256"], audience=audience)

    def read(token):
        return jwt.decode(token, options={"verify_signature": False})

    def read_with_version_1(token):
        return jwt.decode(token, verify=False)

    return verify, read_with_version_1 if jwt.__version__.startswith("1.") else read


def python_jose(key):
    from jose import jwt

    def verify(token, audience):
        return jwt.decode(token, key, algorithms=["HS256"], audience=audience)

    return verify, jwt.get_unverified_claims


def authlib(key):
    from authlib.jose import JsonWebToken

    def verify(token, audience):
        options = {"aud": {"value": audience}} if audience else {}
        JsonWebToken(["HS256"]).decode(token, key, claims_options=options).validate()

    return verify, None


def joserfc(key):
    from joserfc import jwk, jwt

    def verify(token, audience):
        claims = jwt.decode(token, jwk.OctKey.import_key(key), algorithms=["HS256"]).claims
        options = {"aud": {"essential": True, "value": audience}} if audience else {}
        jwt.JWTClaimsRegistry(**options).validate(claims)

    def read(token):
        from joserfc import jws

        return json.loads(jws.extract_compact(token.encode()).payload)

    return verify, read


def jwcrypto(key):
    from jwcrypto import jwk, jwt

    encoded = base64.urlsafe_b64encode(key).rstrip(b"=").decode()
    secret = jwk.JWK(kty="oct", k=encoded)

    def verify(token, audience):
        claims = {"aud": audience} if audience else None
        jwt.JWT(jwt=token, key=secret, algs=["HS256"], check_claims=claims)

    return verify, None


def python_jwt(key):
    import python_jwt as jwt
    from jwcrypto import jwk

    encoded = base64.urlsafe_b64encode(key).rstrip(b"=").decode()

    def verify(token, audience):
        jwt.verify_jwt(token, jwk.JWK(kty="oct", k=encoded), ["HS256"])

    return verify, jwt.process_jwt


def gehirn_jwt(key):
    import jwt
    from jwt.utils import b64encode

    secret = jwt.jwk_from_dict({"kty": "oct", "k": b64encode(key)})

    def verify(token, audience):
        return jwt.JWT().decode(token, secret, algorithms={"HS256"})

    return verify, lambda token: jwt.JWT().decode(token, do_verify=False)


def outcome(call, *arguments):
    try:
        value = call(*arguments)
    except Exception as error:
        text = " ".join(str(error).split())
        return f"{type(error).__name__}: {text}".removesuffix(": ")
    return "nothing" if value is None and len(arguments) == 1 else "accepted"


def main():
    given = json.load(sys.stdin)
    verify, read = globals()[sys.argv[1]](base64.b64decode(given["key"]))
    outcomes = {
        case["name"]: {
            "verify": outcome(verify, case["token"], case.get("audience")),
            "read": outcome(read, case["token"]) if read else None,
        }
        for case in given["cases"]
    }
    json.dump(outcomes, sys.stdout)


main()
