# Buys a token as a program does that knows nothing of a mock.
require "net/http"

uri = URI("https://kitegateway.com/v1/auth/token")
headers = {
  "Content-Type" => "application/json",
  "Accept" => "application/json",
  "Secret-Key" => "YOUR_SECRET",
}
puts Net::HTTP.post(uri, '{"api_key": "2882jj2hh288282jj2"}', headers).body
