-- Reserves sessions for agents, so that two agents who ask for the next one are given different ones.
-- ARGV: step, ms a reservation holds, operation id, then for each: agent, session id or '' for the next in line.
-- The token of each is the operation id and its number. Returns for each: an outcome, or {id, start, epoch} of what was
-- reserved.
-- KEYS[9]: time of the last completed comparison; without it the line may be incomplete.
local step, hold, operation = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local now, results = now_ms(), {}
local requests = (#ARGV - 3) / 2
-- What this call reserves: the sessions, and for each of them its agent and which request it was; and agents by session.
local reserved, agents, items, agent_of = {}, {}, {}, {}

-- All who ask for the next one share one walk along the line; whom it has passed is reserved already.
local following = in_order(step)
-- No more are passed over than are reserved; with more than 200 reservations it reads on.
local look_ahead = requests + math.min(redis.call('HLEN', KEYS[6]), 200)
local ahead, starts, claims, at, anybody = {}, {}, {}, 1, false
local function next_free()
  while true do
    if at > #ahead then
      ahead, starts, at = {}, {}, 1
      for place = 1, look_ahead do
        local id, _, start = following()
        if not id then break end
        ahead[place], starts[place] = id, start
      end
      if #ahead == 0 then return nil end
      anybody = true
      claims = redis.call('HMGET', KEYS[6], unpack(ahead))
    end
    local place, id = at, ahead[at]
    at = at + 1
    if not agent_of[id] and not holds(claims[place], now) then return id, starts[place] end
  end
end

local function reserve(item, agent, id, start)
  local index = #reserved + 1
  reserved[index], agents[index], items[index], agent_of[id] = id, agent, item, agent
  -- Its epoch is read with those of all the others.
  results[item] = { id, start, 0 }
end

for item = 1, requests do
  local agent, named = ARGV[item * 2 + 2], ARGV[item * 2 + 3]
  if named ~= '' then
    local _, score = place_of(named)
    local _, _, holder = reservation(redis.call('HGET', KEYS[6], named), now)
    holder = agent_of[named] or holder
    if not score then
      results[item] = 'absent'
    elseif holder and holder ~= agent then
      results[item] = 'held'
    else
      reserve(item, agent, named, start_of(score))
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
  local before = exact(now + hold) .. ' ' .. operation .. ':'
  for index, id in ipairs(reserved) do
    local item = items[index]
    append_pair(entries, id, before .. item .. ' ' .. agents[index])
    results[item][3] = tonumber(epochs[index] or '0')
  end
  redis.call('HSET', KEYS[6], unpack(entries))
end
return results
