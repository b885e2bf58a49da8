# `sh wget.sh PROGRAM [METHOD...]`: sends requests for a token with one wget or wget2. All have the
# first method. The program knows nothing of a mock. Without a method it sends one POST.
url=https://kitegateway.com/v1/auth/token
wget=${1:-wget}
count=$(($# - 1))
[ "${2:-POST}" = GET ] && set -- || set -- --post-data '{"api_key": "2882jj2hh288282jj2"}'
while [ "$count" -gt 1 ]; do
  set -- "$@" "$url?request=$count" # wget2 asks for an address once
  count=$((count - 1))
done
exec "$wget" -q -O - --tries 1 --timeout 20 --header 'Content-Type: application/json' \
  --header 'Secret-Key: YOUR_SECRET' "$@" "$url"
