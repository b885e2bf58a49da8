# `sh httpie.sh [METHOD...]`: sends requests for a token, each with a process of its own.
# The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
for method in "${@:-POST}"; do
  [ "$method" = GET ] && set -- || set -- api_key=2882jj2hh288282jj2
  http --ignore-stdin --body "$method" https://kitegateway.com/v1/auth/token \
    Secret-Key:YOUR_SECRET "$@"
done
