-- Which state has a name now.
--
-- ARGV: what is wanted, the seconds that a state lives unused, and those that one lives after its
-- end; the key of the set of all names, by the moment of their last use; the name; the key that
-- says which state has it; and what else is needed.

local WANTED, LIFE, GRACE = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local NAMES, NAME, POINTER = ARGV[4], ARGV[5], ARGV[6]
local HOUR = 3600

local function expire(state, seconds)
    for _, field in ipairs(redis.call('HKEYS', state)) do
        local collection = string.match(field, '^v:(.*)$')
        if collection then
            local base = state .. ':' .. collection
            for _, key in ipairs({base, base .. '|free', base .. '|due'}) do
                redis.call('EXPIRE', key, seconds)
            end
        end
    end
    redis.call('EXPIRE', state, seconds)
end

local function now()
    return tonumber(redis.call('TIME')[1])
end

local function list()
    redis.call('ZADD', NAMES, now(), NAME)
    redis.call('EXPIRE', NAMES, LIFE)
end

local function current()
    local state = redis.call('GET', POINTER)
    if not state or redis.call('EXISTS', state) == 0 then
        return false
    end
    if redis.call('TTL', POINTER) < LIFE - HOUR then  -- not at each call
        expire(state, LIFE)
        redis.call('EXPIRE', POINTER, LIFE)
        list()
    end
    return {state, redis.call('HGET', state, 'version') or state}
end

local function finish()
    -- who was overtaken still finds there what was, for a while; no memory is needed for it
    local state = redis.call('GET', POINTER)
    if state then
        expire(state, GRACE)
    end
end

local function publish(state)
    redis.call('HSETNX', state, 'version', state)
    redis.call('SET', POINTER, state, 'EX', LIFE)
    list()
    return current()
end

if WANTED == 'current' then
    return current()
elseif WANTED == 'first' then
    return current() or publish(ARGV[7])
elseif WANTED == 'renew' then
    finish()
    return publish(ARGV[7])
elseif WANTED == 'drop' then
    finish()
    redis.call('DEL', POINTER)
    redis.call('ZREM', NAMES, NAME)
elseif WANTED == 'count' then
    redis.call('ZREMRANGEBYSCORE', NAMES, '-inf', now() - LIFE)
    return redis.call('ZCARD', NAMES)
end
