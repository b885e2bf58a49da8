# Buys a token as a program does that knows nothing of a mock: with wget, or with "$1".
exec "${1:-wget}" -q -O - --tries 1 --timeout 20 --post-data '{"api_key": "2882jj2hh288282jj2"}' \
  --header 'Content-Type: application/json' --header 'Secret-Key: YOUR_SECRET' \
  https://kitegateway.com/v1/auth/token
