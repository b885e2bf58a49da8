# `sh curl.sh [METHOD...]`: sends requests for a token with one curl. All have the first method.
# The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
url=https://kitegateway.com/v1/auth/token
count=$#
[ "${1:-POST}" = GET ] && set -- || set -- -d '{"api_key": "2882jj2hh288282jj2"}'
while [ "$count" -gt 1 ]; do
  set -- "$@" "$url"
  count=$((count - 1))
done
exec curl -sS --max-time 20 -H 'Content-Type: application/json' -H 'Secret-Key: YOUR_SECRET' "$@" "$url"
