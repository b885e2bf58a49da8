-- Requests of every kind in turn: tokens that are the same, tokens that never are, refusals.
-- What came of it as one line of JSON, the answers counted by status.
local asked = math.random(1000000000)
local bodies = {["Content-Type"] = "application/json"}

local turns = {
  function()
    local login = {["Authorization"] = "Basic bXlVc2VyOm15UGFzc3dvcmQ="}
    return wrk.format("POST", "/ds-api/user-token", login)
  end,
  function()
    local key = "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92"
    local moment = string.format("%d", 2000000000 + asked)
    return wrk.format("GET", "/v1/dev/temp-token", {["api-key"] = key, ["x-expiration"] = moment})
  end,
  function()
    local secret = {["Secret-Key"] = "YOUR_SECRET", ["Content-Type"] = "application/json"}
    return wrk.format("POST", "/v1/auth/token", secret, '{"api_key": "2882jj2hh288282jj2"}')
  end,
  function()
    local code = '"accessCode": "' .. asked .. '", "connectionID": "c"}'
    return wrk.format("POST", "/v2/auth/ExchangeToken", bodies, '{"appSecret": "s", ' .. code)
  end,
  function() return wrk.format("GET", "/nowhere/" .. asked) end,
}

function init() math.randomseed(os.time()) asked = math.random(1000000000) end

function request()
  asked = asked + 1
  return turns[asked % #turns + 1]()
end

function response(status)
  local name = "seen" .. status
  _G[name] = (_G[name] or 0) + 1
end

local threads = {}
function setup(thread) threads[#threads + 1] = thread end

function done(summary)
  local counts = {}
  for status = 200, 599 do
    local seen = 0
    for _, thread in ipairs(threads) do seen = seen + (thread:get("seen" .. status) or 0) end
    if seen > 0 then counts[#counts + 1] = string.format('"%d": %d', status, seen) end
  end
  local errors = summary.errors
  io.write(string.format('\n{"failed": %d, "seconds": %f, "answers": {%s}}\n',
    errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, table.concat(counts, ", ")))
end
