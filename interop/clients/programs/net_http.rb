# `ruby net_http.rb [METHOD...]`: sends requests for a token, one after another.
# The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
require "net/http"

uri = URI("https://kitegateway.com/v1/auth/token")
headers = {
  "Content-Type" => "application/json",
  "Accept" => "application/json",
  "Secret-Key" => "YOUR_SECRET",
}
methods = ARGV.empty? ? ["POST"] : ARGV
Net::HTTP.start(uri.host, uri.port, use_ssl: true) do |http|
  methods.each do |method|
    body = method == "POST" ? '{"api_key": "2882jj2hh288282jj2"}' : nil
    puts http.send_request(method, uri.path, body, headers).body
  end
end
