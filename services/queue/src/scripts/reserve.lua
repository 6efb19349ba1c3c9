-- Reserves one session for an agent, so that two agents who ask for the next one are given different ones.
-- ARGV: step, ms the reservation holds, token, agent, session id or '' for the next in line.
-- KEYS[9]: time of the last completed comparison; without it the line may be incomplete.
local step, hold, token, agent, named = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local now = now_ms()

local function reserve(id, start)
  redis.call('HSET', KEYS[6], id, exact(now + hold) .. ' ' .. token .. ' ' .. agent)
  return { outcome = 'reserved', sessionId = id, start = start, epoch = tonumber(redis.call('HGET', KEYS[5], id) or '0') }
end

if named ~= '' then
  local level, start = place_of(named)
  if not level then return { outcome = 'absent' } end
  local expiry, _, holder = reservation(named, now)
  if expiry and holder ~= agent then return { outcome = 'held' } end
  return reserve(named, start)
end

local next_in_line = in_order(step, 16)
local anybody = false
while true do
  local id, _, start = next_in_line()
  if not id then break end
  anybody = true
  if not reservation(id, now) then return reserve(id, start) end
end
if anybody then return { outcome = 'held' } end
return { outcome = redis.call('EXISTS', KEYS[9]) == 1 and 'empty' or 'rebuilding' }
