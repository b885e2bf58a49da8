-- Note that a namespace is used now, and count the namespaces.
--
-- KEYS: all namespaces by the moment of their last use, to the minute.
-- ARGV: the seconds that an unused state lives; the namespace, empty to note none.

local NAMES, LIFE, NAME = KEYS[1], tonumber(ARGV[1]), ARGV[2]

local now = tonumber(redis.call('TIME')[1])
if NAME ~= '' then
    redis.call('ZADD', NAMES, now, NAME)
    redis.call('EXPIRE', NAMES, LIFE)
end
redis.call('ZREMRANGEBYSCORE', NAMES, '-inf', now - LIFE)
return redis.call('ZCARD', NAMES)
