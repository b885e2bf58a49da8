% `escript httpc.erl [METHOD...]`: sends requests for a token, one after another, with httpc.
% Without a method it sends one POST. TOKEN_URL is another address of the same endpoint, since
% httpc ignores proxy variables.
main([]) -> main(["POST"]);
main(Methods) ->
    {ok, _} = application:ensure_all_started(inets),
    {ok, _} = application:ensure_all_started(ssl),
    Url = os:getenv("TOKEN_URL", "https://kitegateway.com/v1/auth/token"),
    Headers = [{"secret-key", "YOUR_SECRET"}],
    lists:foreach(fun(Method) -> send(Method, Url, Headers) end, Methods).

send(Method, Url, Headers) ->
    {Name, Request} = case Method of
        "GET" -> {get, {Url, Headers}};
        "POST" -> {post, {Url, Headers, "application/json", "{\"api_key\": \"2882jj2hh288282jj2\"}"}}
    end,
    case httpc:request(Name, Request, [{timeout, 20000}], []) of
        {ok, {_, _, Body}} -> io:format("~s~n", [Body]);
        {error, Reason} -> io:format("error: ~0p~n", [Reason])
    end.
