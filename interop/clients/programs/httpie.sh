# Buys a token as a program does that knows nothing of a mock.
exec http --ignore-stdin --body POST https://kitegateway.com/v1/auth/token \
  Secret-Key:YOUR_SECRET api_key=2882jj2hh288282jj2
