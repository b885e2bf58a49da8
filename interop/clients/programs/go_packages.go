// `go_packages CLIENT [METHOD...]`: sends requests for a token, one after another, as a program
// does that knows nothing of a mock. Without a method it sends one POST, which buys a token.
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/go-resty/resty"
	"github.com/hashicorp/go-retryablehttp"
)

const url = "https://kitegateway.com/v1/auth/token"

var headers = map[string]string{"Content-Type": "application/json", "Secret-Key": "YOUR_SECRET"}

type client func(method string, body []byte) (string, error)

func withResty() client {
	resty := resty.New()
	return func(method string, body []byte) (string, error) {
		request := resty.R().SetHeaders(headers)
		if body != nil {
			request.SetBody(body)
		}
		answer, err := request.Execute(method, url)
		return answer.String(), err
	}
}

func withRetryable() client {
	retryable := retryablehttp.NewClient()
	retryable.Logger = nil
	return func(method string, body []byte) (string, error) {
		request, err := retryablehttp.NewRequest(method, url, body)
		if err != nil {
			return "", err
		}
		for name, value := range headers {
			request.Header.Set(name, value)
		}
		answer, err := retryable.Do(request)
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		return string(text), err
	}
}

func main() {
	send := withResty()
	if os.Args[1] == "retryablehttp" {
		send = withRetryable()
	}
	methods := os.Args[2:]
	if len(methods) == 0 {
		methods = []string{"POST"}
	}
	for _, method := range methods {
		var body []byte
		if method == "POST" {
			body = []byte(`{"api_key": "2882jj2hh288282jj2"}`)
		}
		text, err := send(method, body)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(text)
	}
}
