// `net_http [METHOD...]`: sends requests for a token, one after another, as a program does that
// knows nothing of a mock. Without a method it sends one POST, which buys a token.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	methods := os.Args[1:]
	if len(methods) == 0 {
		methods = []string{"POST"}
	}
	for _, method := range methods {
		fmt.Println(answer(method))
	}
}

func answer(method string) string {
	var body io.Reader
	if method == "POST" {
		body = strings.NewReader(`{"api_key": "2882jj2hh288282jj2"}`)
	}
	request, err := http.NewRequest(method, "https://kitegateway.com/v1/auth/token", body)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Secret-Key", "YOUR_SECRET")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	return string(text)
}
