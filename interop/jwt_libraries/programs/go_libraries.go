// Judge tokens with one library for Go: `go_libraries LIBRARY < cases > outcomes`.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	jose2go "github.com/dvsekhvalnov/jose2go"
	"github.com/golang-jwt/jwt"
	jose "gopkg.in/square/go-jose.v2/jwt"
)

type given struct {
	Key   []byte
	Cases []struct{ Name, Token, Audience string }
}

type judge struct {
	verify func(token, audience string) error
	read   func(token string) error
}

func golangJWT(key []byte) judge {
	parser := jwt.Parser{ValidMethods: []string{"HS256"}}
	verify := func(token, audience string) error {
		claims := jwt.MapClaims{}
		_, err := parser.ParseWithClaims(token, claims, func(*jwt.Token) (interface{}, error) { return key, nil })
		if err == nil && audience != "" && !claims.VerifyAudience(audience, true) {
			return errors.New("audience")
		}
		return err
	}
	read := func(token string) error {
		_, _, err := parser.ParseUnverified(token, jwt.MapClaims{})
		return err
	}
	return judge{verify, read}
}

func goJOSE(key []byte) judge {
	verify := func(token, audience string) error {
		parsed, err := jose.ParseSigned(token)
		if err != nil {
			return err
		}
		claims := jose.Claims{}
		if err := parsed.Claims(key, &claims); err != nil {
			return err
		}
		expected := jose.Expected{Time: time.Now()}
		if audience != "" {
			expected.Audience = jose.Audience{audience}
		}
		return claims.Validate(expected)
	}
	read := func(token string) error {
		parsed, err := jose.ParseSigned(token)
		if err != nil {
			return err
		}
		return parsed.UnsafeClaimsWithoutVerification(&map[string]interface{}{})
	}
	return judge{verify, read}
}

// jose2go verifies the signature alone, and cannot read a token without a key.
func jose2Go(key []byte) judge {
	verify := func(token, audience string) error {
		_, _, err := jose2go.Decode(token, key)
		return err
	}
	return judge{verify, nil}
}

func outcome(err error) string {
	if err != nil {
		return err.Error()
	}
	return "accepted"
}

func main() {
	var cases given
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	libraries := map[string]func([]byte) judge{"golang-jwt": golangJWT, "go-jose": goJOSE, "jose2go": jose2Go}
	library := libraries[os.Args[1]](cases.Key)
	outcomes := map[string]map[string]interface{}{}
	for _, each := range cases.Cases {
		found := map[string]interface{}{"verify": outcome(library.verify(each.Token, each.Audience)), "read": nil}
		if library.read != nil {
			found["read"] = outcome(library.read(each.Token))
		}
		outcomes[each.Name] = found
	}
	json.NewEncoder(os.Stdout).Encode(outcomes)
}
