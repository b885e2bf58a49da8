-- Writes to collections, all or none of them.
--
-- ARGV: the seconds that a state lives unused, and those that one lives after its end; a version
-- that nobody has seen, not even in a database that is put back as it was once; then for each act:
-- its name, the key of the state, the collection, 1 if it is cached, and four arguments.
--
-- A state is a hash: `v:<collection>` a version, `t:<collection>` how many records were trimmed, `version`
-- that of all cached collections, `position` a counter. Below it each collection is a hash
-- of records, `<position>|<JSON>`, and two sorted sets: of what is free to leave, by position, and of
-- what will be, by moment.

local LIFE, GRACE, VERSION = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local FIRST = 1e15  -- those whose moment has passed leave before all others

local function position_of(record)
    return string.match(record, '^(%d+)|')
end

local function changed(act)
    redis.call('HSET', act.state, 'v:' .. act.collection, VERSION)
    if act.cached == '1' then
        redis.call('HSET', act.state, 'version', VERSION)
    end
    local left = redis.call('TTL', act.state)
    local life = left >= 0 and left <= GRACE and GRACE or LIFE  -- it may have ended
    for _, key in ipairs({act.state, act.base, act.free, act.due}) do
        redis.call('EXPIRE', key, life)
    end
end

local function put(act, key, value, till)
    local before = redis.call('HGET', act.base, key)
    local position = before and position_of(before) or redis.call('HINCRBY', act.state, 'position', 1)
    redis.call('HSET', act.base, key, string.format('%d|%s', position, value))
    if before then
        redis.call('ZREM', act.free, key)
        redis.call('ZREM', act.due, key)
    end
    if till == '0' then
        redis.call('ZADD', act.free, position, key)
    elseif till ~= '' then
        redis.call('ZADD', act.due, till, key)
    end
    changed(act)
end

local acts = {}

acts.put = put

function acts.swap(act, key, value, till, before)
    if (redis.call('HGET', act.base, key) or '') ~= before then
        return 0
    end
    put(act, key, value, till)
    return 1
end

function acts.take(act, key)
    local record = redis.call('HGET', act.base, key)
    if record then
        redis.call('HDEL', act.base, key)
        redis.call('ZREM', act.free, key)
        redis.call('ZREM', act.due, key)
        changed(act)
    end
    return record
end

function acts.trim(act, most, now)
    for _, key in ipairs(redis.call('ZRANGEBYSCORE', act.due, '-inf', now)) do
        local position = position_of(redis.call('HGET', act.base, key))
        redis.call('ZREM', act.due, key)
        redis.call('ZADD', act.free, position - FIRST, key)
    end
    local surplus = redis.call('ZCARD', act.free) - most
    if surplus > 0 then
        local left = redis.call('ZPOPMIN', act.free, surplus)
        for at = 1, #left, 2 do
            redis.call('HDEL', act.base, left[at])
        end
        redis.call('HINCRBY', act.state, 't:' .. act.collection, surplus)
        changed(act)
    end
end

function acts.clear(act)
    redis.call('UNLINK', act.base, act.free, act.due)
    redis.call('HDEL', act.state, 't:' .. act.collection)
    changed(act)
end

local results = {}
for at = 4, #ARGV, 8 do
    local act = {state = ARGV[at + 1], collection = ARGV[at + 2], cached = ARGV[at + 3]}
    act.base = act.state .. ':' .. act.collection
    act.free, act.due = act.base .. '|free', act.base .. '|due'
    local result = acts[ARGV[at]](act, unpack(ARGV, at + 4, at + 7))
    results[#results + 1] = result or false
end
return results
