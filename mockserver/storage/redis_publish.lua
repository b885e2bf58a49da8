-- Put another state in the place of the one that a namespace has, or none.
--
-- KEYS: the key for the result of this call; the namespace; the new state; then the keys of the
-- state that the namespace has.
-- ARGV: the id of this call; the seconds that an unused state lives; those that one lives after its
-- reset or drop; those for which the result of a call is kept; the key of the state that the
-- namespace is expected to have, empty for none; the key of the new state, empty for none.
--
-- Returns the key of the state that the namespace has now. It is neither the new one nor empty if
-- the namespace had another one than expected: then nothing was changed.

local CALL, NAMESPACE, NEW = KEYS[1], KEYS[2], KEYS[3]
local LIFE, GRACE, MEMORY = ARGV[2], ARGV[3], ARGV[4]
local EXPECTED, WANTED = ARGV[5], ARGV[6]

-- A client whose connection broke sends the call again and does not know if it was executed.
local done = redis.call('GET', CALL)
if done then
    redis.call('EXPIRE', CALL, MEMORY)  -- a write: WAIT then waits for what the first call wrote
    return done
end

local state = redis.call('HGET', NAMESPACE, 'state') or ''
if state == EXPECTED then
    for at = 4, #KEYS do
        -- Requests that a reset overtakes still find their state for a while; this needs no memory.
        redis.call('EXPIRE', KEYS[at], GRACE)
    end
    state = WANTED
    if state == '' then
        redis.call('DEL', NAMESPACE)
    else
        redis.call('HSETNX', NEW, 'version', NEW)
        local now = redis.call('TIME')
        local used = now[1] .. '.' .. string.format('%06d', now[2])
        redis.call('HSET', NAMESPACE, 'state', NEW, 'used', used)
        redis.call('EXPIRE', NAMESPACE, LIFE)
    end
end
-- `pcall`: without it a drop would fail on a server whose memory is full.
redis.pcall('SET', CALL, state, 'EX', MEMORY)
return state
