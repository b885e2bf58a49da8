# `ruby ruby_clients.rb CLIENT [METHOD...]`: sends requests for a token, one after another.
# The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
# TOKEN_URL is another address of the same endpoint, for clients that ignore proxy variables.
URL = ENV.fetch("TOKEN_URL", "https://kitegateway.com/v1/auth/token")
HEADERS = { "Content-Type" => "application/json", "Secret-Key" => "YOUR_SECRET" }.freeze
BODY = '{"api_key": "2882jj2hh288282jj2"}'

CLIENTS = {
  "Faraday" => lambda do
    require "faraday"
    client = Faraday.new(URL)
    ->(method, body) { client.run_request(method.downcase.to_sym, nil, body, HEADERS).body }
  end,
  "RestClient" => lambda do
    require "rest-client"
    lambda do |method, body|
      RestClient::Request.execute(method: method, url: URL, payload: body, headers: HEADERS).body
    end
  end,
  "HTTParty" => lambda do
    require "httparty"
    lambda do |method, body|
      HTTParty.public_send(method.downcase, URL, body: body, headers: HEADERS).body
    end
  end,
  "Excon" => lambda do
    require "excon"
    client = Excon.new(URL, persistent: true)
    ->(method, body) { client.request(method: method, headers: HEADERS, body: body.to_s).body }
  end,
  "http.rb" => lambda do
    require "http"
    client = HTTP.persistent(URL[%r{\A\w+://[^/]+}])
    ->(method, body) { client.request(method, URL, headers: HEADERS, body: body.to_s).to_s }
  end,
  "Typhoeus" => lambda do
    require "typhoeus"
    lambda do |method, body|
      answer = Typhoeus::Request.new(URL, method: method.downcase, headers: HEADERS, body: body).run
      answer.code.zero? ? "error: #{answer.return_message}" : answer.body
    end
  end,
}.freeze

send_request = CLIENTS.fetch(ARGV.shift).call
(ARGV.empty? ? ["POST"] : ARGV).each do |method|
  puts send_request.call(method, method == "POST" ? BODY : nil)
end
