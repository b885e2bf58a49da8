-- Find, create, replace and drop the state of a namespace.
--
-- ARGV: the id of this call; the seconds that an unused state lives; those that one lives after its
-- reset or drop; those for which the results of a call are kept; a command; the namespace; and what
-- else the command needs.
--
-- `token-mockserver:name:<namespace>` has the key of the current state of a namespace, and
-- `token-mockserver:names` all namespaces by the moment of their last use, to the minute.

local ID, LIFE, GRACE, MEMORY = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local COMMAND, NAME, ARGUMENT = ARGV[5], ARGV[6], ARGV[7]
local NAMES, POINTER = 'token-mockserver:names', 'token-mockserver:name:'
local MINUTE = 60

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

local function note_use()
    redis.call('ZADD', NAMES, now(), NAME)
    redis.call('EXPIRE', NAMES, LIFE)
end

local function current()
    local state = redis.call('GET', POINTER .. NAME)
    if not state or redis.call('EXISTS', state) == 0 then
        return false
    end
    if redis.call('TTL', POINTER .. NAME) < LIFE - MINUTE then  -- not at each call
        expire(state, LIFE)
        redis.call('EXPIRE', POINTER .. NAME, LIFE)
        note_use()
    end
    return {state, redis.call('HGET', state, 'version') or state}
end

local function finish(name)
    -- Requests that a reset overtakes still find their state for a while; this needs no memory.
    local state = redis.call('GET', POINTER .. name)
    if state then
        expire(state, GRACE)
    end
end

local function publish(state)
    redis.call('HSETNX', state, 'version', state)
    redis.call('SET', POINTER .. NAME, state, 'EX', LIFE)
    note_use()
    return current()
end

local function drop(name)
    finish(name)
    redis.call('DEL', POINTER .. name)
    redis.call('ZREM', NAMES, name)
end

local commands = {current = current}

function commands.create()
    return current() or publish(ARGUMENT)
end

function commands.replace()
    finish(NAME)
    return publish(ARGUMENT)
end

function commands.drop()
    drop(NAME)
    return false
end

function commands.count()
    redis.call('ZREMRANGEBYSCORE', NAMES, '-inf', now() - LIFE)
    return redis.call('ZCARD', NAMES)
end

if COMMAND == 'current' or COMMAND == 'count' then
    return commands[COMMAND]()
end

-- A client whose connection broke sends the call again and does not know if it was executed.
local done = redis.call('GET', 'token-mockserver:call:' .. ID)
if done then
    return cmsgpack.unpack(done)[1]
end
local result = commands[COMMAND]()
-- `pcall`: without it a drop would fail on a server whose memory is full.
redis.pcall('SET', 'token-mockserver:call:' .. ID, cmsgpack.pack({result}), 'EX', MEMORY)
return result
