# Buys a token as a program does that knows nothing of a mock.
exec curl -sS --max-time 20 -d '{"api_key": "2882jj2hh288282jj2"}' \
  -H 'Content-Type: application/json' -H 'Secret-Key: YOUR_SECRET' \
  https://kitegateway.com/v1/auth/token
