-- Find the state of a namespace.
--
-- KEYS: the namespace; the state that it had last time.
-- ARGV: the seconds that an unused state lives.
--
-- Returns the key of the state, empty if there is none; its version, empty if it has another key
-- than last time or parts of it are gone; and 1 if its life has to be prolonged now, once a minute.

local NAMESPACE, STATE, LIFE, MINUTE = KEYS[1], KEYS[2], tonumber(ARGV[1]), 60

local state = redis.call('HGET', NAMESPACE, 'state')
if state ~= STATE then
    return {state or '', '', 0}
end
local now = redis.call('TIME')
-- `pcall`: without it nothing could be read from a server whose memory is full.
redis.pcall('HSET', NAMESPACE, 'used', now[1] .. '.' .. string.format('%06d', now[2]))
local prolong = redis.call('TTL', NAMESPACE) < LIFE - MINUTE
if prolong then
    redis.call('EXPIRE', NAMESPACE, LIFE)
end
return {state, redis.call('HGET', STATE, 'version') or '', prolong and 1 or 0}
