-- Reserves sessions for agents, so that two agents who ask for the next one are given different ones.
-- ARGV: step, ms a reservation holds, operation id, then for each: agent, session id or '' for the next in line.
-- The token of each is the operation id and its number. Returns for each: an outcome, or {id, start, epoch} of what was
-- reserved.
-- KEYS[9]: time of the last completed comparison; without it the line may be incomplete.
local step, hold, operation = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local now, results, made, reserved = now_ms(), {}, {}, {}
local requests = (#ARGV - 3) / 2

-- All who ask for the next one share one walk along the line; whom it has passed is reserved already.
local following = in_order(step)
-- No more are passed over than are reserved; with more than 200 reservations it reads on.
local look_ahead = requests + math.min(redis.call('HLEN', KEYS[6]), 200)
local ahead, at, claims, anybody = {}, 1, {}, false
local function next_free()
  while true do
    if at > #ahead then
      ahead, at = {}, 1
      for _ = 1, look_ahead do
        local id, _, start = following()
        if not id then break end
        ahead[#ahead + 1] = id
        ahead[id] = start
      end
      if #ahead == 0 then return nil end
      anybody = true
      claims = redis.call('HMGET', KEYS[6], unpack(ahead))
    end
    local id, claim = ahead[at], claims[at]
    at = at + 1
    if not made[id] and not holds(claim, now) then return id, ahead[id] end
  end
end

local until_when = exact(now + hold)
local function reserve(item, agent, id, start)
  made[id] = { agent = agent, item = item }
  results[item] = { id, start, 0 }
  append(reserved, id)
end

for item = 1, requests do
  local agent, named = ARGV[item * 2 + 2], ARGV[item * 2 + 3]
  if named ~= '' then
    local _, start = place_of(named)
    local expiry, _, holder = reservation(redis.call('HGET', KEYS[6], named), now)
    if made[named] then expiry, holder = until_when, made[named].agent end
    if not start then
      results[item] = 'absent'
    elseif expiry and holder ~= agent then
      results[item] = 'held'
    else
      reserve(item, agent, named, start)
    end
  else
    local id, start = next_free()
    if id then
      reserve(item, agent, id, start)
    elseif anybody then
      results[item] = 'held'
    else
      results[item] = redis.call('EXISTS', KEYS[9]) == 1 and 'empty' or 'rebuilding'
    end
  end
end

if #reserved > 0 then
  local epochs, entries = redis.call('HMGET', KEYS[5], unpack(reserved)), {}
  for index, id in ipairs(reserved) do
    local agent, item = made[id].agent, made[id].item
    made[id].epoch = tonumber(epochs[index] or '0')
    append_pair(entries, id, until_when .. ' ' .. operation .. ':' .. item .. ' ' .. agent)
  end
  redis.call('HSET', KEYS[6], unpack(entries))
  for _, result in ipairs(results) do
    if type(result) == 'table' then result[3] = made[result[1]].epoch end
  end
end
return results
