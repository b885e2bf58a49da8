%% Judge tokens with erlang-jose: `escript erlang_jose.erl < cases > outcomes`.
-mode(compile).

main(_) ->
    {ok, _} = application:ensure_all_started(jose),
    Given = jose:decode(read_all([])),
    Key = jose_jwk:from_oct(base64:decode(maps:get(<<"key">>, Given))),
    Outcomes = maps:from_list([judged(Key, Case) || Case <- maps:get(<<"cases">>, Given)]),
    io:put_chars([jose:encode(Outcomes), "\n"]).

read_all(Lines) ->
    case io:get_line("") of
        eof -> iolist_to_binary(lists:reverse(Lines));
        Line -> read_all([Line | Lines])
    end.

judged(Key, #{<<"name">> := Name, <<"token">> := Token}) ->
    %% The library verifies signatures alone.
    Verify = fun() -> {true, _, _} = jose_jwt:verify_strict(Key, [<<"HS256">>], Token) end,
    Read = fun() -> jose_jwt:peek_payload(Token) end,
    {Name, #{<<"verify">> => outcome(Verify), <<"read">> => outcome(Read)}}.

outcome(Call) ->
    try Call() of
        _ -> <<"accepted">>
    catch
        error:{badmatch, {false, _, _}} -> <<"false">>;
        error:{Reason, _} when is_atom(Reason) -> atom_to_binary(Reason);
        error:Reason when is_atom(Reason) -> atom_to_binary(Reason);
        _:_ -> <<"error">>
    end.
