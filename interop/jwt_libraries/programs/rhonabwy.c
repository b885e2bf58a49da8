// Judge tokens with rhonabwy: `rhonabwy < cases > outcomes`. Its jwt_t has the name of another one in libjwt.
#include <jansson.h>
#include <rhonabwy.h>
#include <stdlib.h>
#include <string.h>

static const char *verified(jwt_t *jwt, const char *token, jwk_t *key, const char *audience) {
    if (r_jwt_parse(jwt, token, 0) != RHN_OK) return "r_jwt_parse: error";
    if (r_jwt_verify_signature(jwt, key, 0) != RHN_OK) return "r_jwt_verify_signature: error";
    // Only the claims that are named are checked; one that is named must be there.
    if (r_jwt_get_claim_json_t_value(jwt, "exp") && r_jwt_validate_claims(jwt, R_JWT_CLAIM_EXP, R_JWT_CLAIM_NOW, R_JWT_CLAIM_NOP))
        return "r_jwt_validate_claims: error (exp)";
    if (r_jwt_get_claim_json_t_value(jwt, "nbf") && r_jwt_validate_claims(jwt, R_JWT_CLAIM_NBF, R_JWT_CLAIM_NOW, R_JWT_CLAIM_NOP))
        return "r_jwt_validate_claims: error (nbf)";
    if (audience && r_jwt_validate_claims(jwt, R_JWT_CLAIM_AUD, audience, R_JWT_CLAIM_NOP))
        return "r_jwt_validate_claims: error (aud)";
    return "accepted";
}

int main(void) {
    json_t *given = json_loadf(stdin, 0, NULL), *outcomes = json_object(), *each;
    size_t index;
    r_global_init();
    jwk_t *key;
    r_jwk_init(&key);
    // Its JSON form takes the key in base64url, without padding.
    char *text = strdup(json_string_value(json_object_get(given, "key")));
    for (char *at = text; *at; at++) *at = *at == '+' ? '-' : *at == '/' ? '_' : *at == '=' ? 0 : *at;
    json_t *form = json_pack("{s:s,s:s}", "kty", "oct", "k", text);
    if (r_jwk_import_from_json_t(key, form) != RHN_OK) return 2;
    json_array_foreach(json_object_get(given, "cases"), index, each) {
        const char *token = json_string_value(json_object_get(each, "token"));
        const char *audience = json_string_value(json_object_get(each, "audience"));
        json_t *outcome = json_object();
        jwt_t *jwt, *read;
        r_jwt_init(&jwt);
        r_jwt_init(&read);
        json_object_set_new(outcome, "verify", json_string(verified(jwt, token, key, audience)));
        const char *parsed = r_jwt_parse(read, token, 0) == RHN_OK ? "accepted" : "r_jwt_parse: error";
        json_object_set_new(outcome, "read", json_string(parsed));
        json_object_set_new(outcomes, json_string_value(json_object_get(each, "name")), outcome);
        r_jwt_free(jwt);
        r_jwt_free(read);
    }
    return json_dumpf(outcomes, stdout, 0);
}
