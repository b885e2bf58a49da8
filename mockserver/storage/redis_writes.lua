-- Write to collections of one namespace: all commands of a call, or none.
--
-- KEYS: the key for the results of this call; the namespace; then four for each collection: the state,
-- the records, the removable ones, those that will be removable.
-- ARGV: the id of this call; the seconds that an unused state lives; those that one lives after its
-- reset or drop; those for which the results of a call are kept; the state that the namespace must have,
-- empty for any, and the version that this state must have; for each collection in KEYS its name
-- and 1 if it is cached; then for each command its name, which of the collections it is for (0 is the
-- first), and its arguments, of which there are as many as LENGTHS says.
--
-- Returns 1 and the results of the commands. If what a client has read has changed, nothing is written:
-- returns 0 and, for each `expect` that has failed, its number and the record that the key has now. The
-- number is 0 if it is the state, or its version, that has changed.
--
-- A state is a hash: `v:<collection>` a version, `t:<collection>` how many records were trimmed,
-- `version` that of all cached collections, `position` a counter. Beside it each collection is a
-- hash of records, `<position>|<JSON>`, and two sorted sets: keys of removable records by position,
-- and of those that will be removable by moment.
--
-- The id is the new version of what is changed, too. It is random: after a database was put back
-- from a copy, no process can take an old version for the current one.

local CALL, ID, LIFE, GRACE, MEMORY = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local EXPIRED_FIRST = 1e15  -- subtracted from the position of what has expired

-- A client whose connection broke sends the call again and does not know if it was executed.
local done = redis.call('GET', CALL)
if done then
    redis.call('EXPIRE', CALL, MEMORY)  -- a write: WAIT then waits for what the first call wrote
    return cmsgpack.unpack(done)
end

local function position_of(record)
    return string.match(record, '^(%d+)|')
end

-- Once for each collection, at the end.
local function note_change(target)
    redis.call('HSET', target.state, 'v:' .. target.collection, ID)
    if target.cached == '1' then
        redis.call('HSET', target.state, 'version', ID)
    end
    local left = redis.call('TTL', target.state)
    local life = left >= 0 and left <= GRACE and GRACE or LIFE  -- it may have been reset
    for _, key in ipairs({target.state, target.base, target.free, target.due}) do
        redis.call('EXPIRE', key, life)
    end
end

local function changed(target)
    target.changed = true
end

local function put(target, key, value, till)
    local before = redis.call('HGET', target.base, key)
    local position = before and position_of(before)
        or redis.call('HINCRBY', target.state, 'position', 1)
    redis.call('HSET', target.base, key, string.format('%d|%s', position, value))
    if before then
        redis.call('ZREM', target.free, key)
        redis.call('ZREM', target.due, key)
    end
    if till == '0' then
        redis.call('ZADD', target.free, position, key)
    elseif till ~= '' then
        redis.call('ZADD', target.due, till, key)
    end
    changed(target)
    return tonumber(position)
end

local commands = {put = put}

function commands.swap(target, key, value, till, before)
    if (redis.call('HGET', target.base, key) or '') ~= before then
        return 0
    end
    put(target, key, value, till)
    return 1
end

function commands.take(target, key)
    local record = redis.call('HGET', target.base, key)
    if record then
        redis.call('HDEL', target.base, key)
        redis.call('ZREM', target.free, key)
        redis.call('ZREM', target.due, key)
        changed(target)
    end
    return record
end

function commands.trim(target, most, now)
    for _, key in ipairs(redis.call('ZRANGEBYSCORE', target.due, '-inf', now)) do
        local position = position_of(redis.call('HGET', target.base, key))
        redis.call('ZREM', target.due, key)
        redis.call('ZADD', target.free, position - EXPIRED_FIRST, key)
    end
    local surplus = redis.call('ZCARD', target.free) - most
    if surplus > 0 then
        local removed = redis.call('ZPOPMIN', target.free, surplus)
        for at = 1, #removed, 2 do
            redis.call('HDEL', target.base, removed[at])
        end
        redis.call('HINCRBY', target.state, 't:' .. target.collection, surplus)
        changed(target)
    end
end

function commands.clear(target)
    redis.call('UNLINK', target.base, target.free, target.due)
    redis.call('HDEL', target.state, 't:' .. target.collection)
    changed(target)
end

-- What the client has read before it made these commands must still be so.
function commands.expect()
end

local LENGTHS = {put = 3, swap = 4, take = 1, trim = 2, clear = 0, expect = 2}
local NAMESPACE, STATE, VERSION = KEYS[2], ARGV[5], ARGV[6]
local COLLECTIONS = (#KEYS - 2) / 4
local FIRST = 7 + 2 * COLLECTIONS

if STATE ~= '' and (redis.call('HGET', NAMESPACE, 'state') ~= STATE
        or redis.call('HGET', KEYS[3], 'version') ~= VERSION) then
    return {0, {0, ''}}
end
local failed, number, at = {}, 0, FIRST
while ARGV[at] == 'expect' do
    number = number + 1
    local record = redis.call('HGET', KEYS[4 + 4 * ARGV[at + 1]], ARGV[at + 2]) or ''
    if record ~= ARGV[at + 3] then
        failed[#failed + 1] = number
        failed[#failed + 1] = record
    end
    at = at + 4
end
if #failed > 0 then
    return {0, failed}
end

local targets, results = {}, {}
for index = 0, COLLECTIONS - 1 do
    local first = 3 + 4 * index
    targets[index] = {
        state = KEYS[first], base = KEYS[first + 1], free = KEYS[first + 2], due = KEYS[first + 3],
        collection = ARGV[7 + 2 * index], cached = ARGV[8 + 2 * index],
    }
end
at = FIRST
while at <= #ARGV do
    local command = ARGV[at]
    local last = at + 1 + LENGTHS[command]
    local result = commands[command](targets[tonumber(ARGV[at + 1])], unpack(ARGV, at + 2, last))
    results[#results + 1] = result or false
    at = last + 1
end
for _, target in pairs(targets) do
    if target.changed then
        note_change(target)
    end
end
local reply = {1, results}
redis.call('SET', CALL, cmsgpack.pack(reply), 'EX', MEMORY)
return reply
