-- Reserves sessions for agents, so that two agents who ask for the next session get different ones.
-- ARGV: step, ms until a reservation expires, operation id, then for each request: agent, and the session id or '' for
-- the next in the queue. The token of a reservation is the operation id and the number of its request. Returns for
-- each: 'not_queued', 'reserved_by_another', 'empty' or 'rebuilding', or {id, start, epoch} of the session it reserved.
-- KEYS[9]: time of the last completed reconciliation; without it the queue may be incomplete.
local step, expires_after, operation = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local now, results = now_ms(), {}
local requests = (#ARGV - 3) / 2
-- What this call reserves: the sessions; the agent and the request of each; and agents by session.
local reserved, agents, items, agent_of = {}, {}, {}, {}

-- All requests for the next session share one iteration: every session before it is reserved already.
local following = in_order(step)
-- At most as many sessions are skipped as are reserved. Beyond 200 reservations it reads another chunk.
local look_ahead = requests + math.min(redis.call('HLEN', KEYS[6]), 200)
local ahead, starts, values, at, any_queued = {}, {}, {}, 1, false
local function next_free()
  while true do
    if at > #ahead then
      ahead, starts, at = {}, {}, 1
      for index = 1, look_ahead do
        local id, _, start = following()
        if not id then break end
        ahead[index], starts[index] = id, start
      end
      if #ahead == 0 then return nil end
      any_queued = true
      values = redis.call('HMGET', KEYS[6], unpack(ahead))
    end
    local index, id = at, ahead[at]
    at = at + 1
    if not agent_of[id] and not is_reserved(values[index], now) then return id, starts[index] end
  end
end

local function reserve(item, agent, id, start)
  local index = #reserved + 1
  reserved[index], agents[index], items[index], agent_of[id] = id, agent, item, agent
  -- The epochs of all are read together below.
  results[item] = { id, start, 0 }
end

for item = 1, requests do
  local agent, named = ARGV[item * 2 + 2], ARGV[item * 2 + 3]
  if named ~= '' then
    local _, score = find(named)
    local _, _, holder = reservation(redis.call('HGET', KEYS[6], named), now)
    holder = agent_of[named] or holder
    if not score then
      results[item] = 'not_queued'
    elseif holder and holder ~= agent then
      results[item] = 'reserved_by_another'
    else
      reserve(item, agent, named, start_of(score))
    end
  else
    local id, start = next_free()
    if id then
      reserve(item, agent, id, start)
    elseif any_queued then
      results[item] = 'reserved_by_another'
    else
      results[item] = redis.call('EXISTS', KEYS[9]) == 1 and 'empty' or 'rebuilding'
    end
  end
end

if #reserved > 0 then
  local epochs, entries = redis.call('HMGET', KEYS[5], unpack(reserved)), {}
  local before = exact(now + expires_after) .. ' ' .. operation .. ':'
  for index, id in ipairs(reserved) do
    local item = items[index]
    append_pair(entries, id, before .. item .. ' ' .. agents[index])
    results[item][3] = tonumber(epochs[index] or '0')
  end
  redis.call('HSET', KEYS[6], unpack(entries))
end
return results
