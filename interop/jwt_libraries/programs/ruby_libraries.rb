# Judge tokens with one library for Ruby: `ruby ruby_libraries.rb LIBRARY < cases > outcomes`.
require "base64"
require "json"

given = JSON.parse($stdin.read)
key = Base64.decode64(given["key"])

def ruby_jwt(key)
  require "jwt"
  verify = lambda do |token, audience|
    options = { algorithm: "HS256" }
    options.update(aud: audience, verify_aud: true) if audience
    JWT.decode(token, key, true, options)
  end
  [verify, ->(token) { JWT.decode(token, nil, false) }]
end

def json_jwt(key)
  require "json/jwt"
  # The library verifies signatures alone.
  [->(token, _) { JSON::JWT.decode(token, key) }, ->(token) { JSON::JWT.decode(token, :skip_verification) }]
end

def outcome
  yield
  "accepted"
rescue StandardError => error
  "#{error.class}: #{error.message}".gsub(/\s+/, " ")
end

verify, read = send(ARGV[0], key)
outcomes = given["cases"].to_h do |each|
  token = each["token"]
  [each["name"], { verify: outcome { verify.call(token, each["audience"]) }, read: outcome { read.call(token) } }]
end
puts JSON.generate(outcomes)
