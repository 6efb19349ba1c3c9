-- Number of waits that ended by a claim in the last hour, to the minute, and their sum in ms.
-- KEYS[8]: see queue/scripts/leave.lua.
local since = math.floor(now_ms() / 60000) - 60
local totals = { count = 0, ms = 0 }
local fields = redis.call('HGETALL', KEYS[8])
for index = 1, #fields, 2 do
  local minute, what = string.match(fields[index], '^(%d+):(%a+)$')
  if tonumber(minute) > since then totals[what] = totals[what] + tonumber(fields[index + 1]) end
end
return { totals.count, exact(totals.ms) }
