-- One request again and again; what came of it as one line of JSON.
-- Arguments: 1 if each has a header field of its own, method, body, and pairs of a header's name and value.
function init(args)
  wrk.method = args[2]
  if args[3] ~= "" then wrk.body = args[3] end
  for i = 4, #args, 2 do wrk.headers[args[i]] = args[i + 1] end
  if args[1] == "1" then
    wrk.headers["X-Request-Id"] = "@"
    local before, after = wrk.format():match("^(.*)@(.*)$")
    local number = 0
    function request()
      number = number + 1
      return before .. string.format("%012d", number) .. after
    end
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "failed": %d, "refused": %d, "p50": %f, "p99": %f}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
