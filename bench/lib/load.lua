-- The script of every wrk run: what to send, whether to look at each answer, and a summary as JSON.
-- Arguments: method, octets of the request's body, and the text that each answer must have (or none: not looked at).

local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("wrong", 0)
end

function init(args)
  wrk.method = args[1] or "GET"
  local size = tonumber(args[2] or "0")
  if size > 0 then wrk.body = string.rep("x", size) end
  local expected = args[3]
  -- wrk splits every answer into its parts once this function is there: it is not, unless it is wanted.
  if expected then
    response = function(status, _, body)
      if status ~= 200 or body ~= expected then wrong = wrong + 1 end
    end
  end
end

function done(summary, latency)
  local wrong = 0
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("wrong") end
  local e = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"us":%d,"octets":%d,"p99us":%d,"wrong":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(99), wrong,
    e.connect, e.read, e.write, e.status, e.timeout))
end
