// Judge tokens with one library for C: `c_libraries LIBRARY < cases > outcomes`.
// They verify signatures alone.
#include <cjose/cjose.h>
#include <errno.h>
#include <jansson.h>
#include <jose/b64.h>
#include <jose/jws.h>
#include <jwt.h>
#include <stdlib.h>
#include <string.h>

static unsigned char key[64];
static size_t key_length;

static void decode_key(const char *text) {
    uint8_t *decoded = NULL;
    cjose_err error;
    if (!cjose_base64_decode(text, strlen(text), &decoded, &key_length, &error)) exit(2);
    memcpy(key, decoded, key_length);
    cjose_get_dealloc()(decoded);
}

static json_t *with_libjwt(const char *token, int verify) {
    jwt_t *jwt = NULL;
    int failed = jwt_decode(&jwt, token, verify ? key : NULL, verify ? (int)key_length : 0);
    if (!failed) jwt_free(jwt);
    return json_string(failed ? strerror(failed) : "accepted");
}

static json_t *with_cjose(const char *token) {
    cjose_err error = {0};
    cjose_jwk_t *jwk = cjose_jwk_create_oct_spec(key, key_length, &error);
    cjose_jws_t *jws = cjose_jws_import(token, strlen(token), &error);
    int good = jws && cjose_jws_verify(jws, jwk, &error);
    if (jws) cjose_jws_release(jws);
    cjose_jwk_release(jwk);
    return json_string(good ? "accepted" : error.message);
}

// libjose has no function for the compact form: its users divide it at the dots.
static json_t *with_libjose(const char *token) {
    json_t *jwk = json_pack("{s:s,s:o}", "kty", "oct", "k", jose_b64_enc(key, key_length));
    const char *payload = strchr(token, '.');
    const char *signature = payload ? strchr(payload + 1, '.') : NULL;
    json_t *jws = signature ? json_pack("{s:s%,s:s%,s:s}", "protected", token, (size_t)(payload - token),
                                        "payload", payload + 1, (size_t)(signature - payload - 1),
                                        "signature", signature + 1)
                            : NULL;
    bool good = jws && jose_jws_ver(NULL, jws, NULL, jwk, false);
    json_decref(jwk);
    json_decref(jws);
    return json_string(good ? "accepted" : "false");
}

static json_t *with(const char *library, const char *token) {
    if (strcmp(library, "libjwt") == 0) return with_libjwt(token, 1);
    return strcmp(library, "cjose") == 0 ? with_cjose(token) : with_libjose(token);
}

int main(int count, char **arguments) {
    json_t *given = json_loadf(stdin, 0, NULL), *outcomes = json_object(), *each;
    size_t index;
    if (count != 2 || !given) return 2;
    decode_key(json_string_value(json_object_get(given, "key")));
    json_array_foreach(json_object_get(given, "cases"), index, each) {
        const char *token = json_string_value(json_object_get(each, "token"));
        json_t *outcome = json_object();
        json_object_set_new(outcome, "verify", with(arguments[1], token));
        json_object_set_new(outcome, "read",
                            strcmp(arguments[1], "libjwt") ? json_null() : with_libjwt(token, 0));
        json_object_set_new(outcomes, json_string_value(json_object_get(each, "name")), outcome);
    }
    return json_dumpf(outcomes, stdout, 0);
}
