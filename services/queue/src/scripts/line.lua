-- The line of waiting sessions. Every script that touches it begins with this, and is given these keys first:
--   KEYS[1..3]  sorted sets of levels 0 high, 1 normal, 2 low: session id by the start of its wait (ms)
--   KEYS[4]     metadata: session id -> what Postgres says of the wait, as JSON
--   KEYS[5]     epochs: session id -> epoch of the wait
--   KEYS[6]     claims: session id -> 'expiry token agent', a reservation while the record is being asked
--   KEYS[7]     version: raised by every change of the order
-- Order: by start of the wait plus `step` ms for each level below high; ties go to the higher level, then to the
-- smaller id. It does not depend on the present time, so places can be counted in O(log n).

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function exact(number)
  return string.format('%.0f', number)
end

-- Level and start of the wait of a session in line, or nil.
local function place_of(id)
  for level = 0, 2 do
    local start = redis.call('ZSCORE', KEYS[level + 1], id)
    if start then return level, tonumber(start) end
  end
  return nil
end

local function length()
  return redis.call('ZCARD', KEYS[1]) + redis.call('ZCARD', KEYS[2]) + redis.call('ZCARD', KEYS[3])
end

-- How many of the other levels go before a wait of this level and start.
local function others_ahead(level, start, step)
  local count = 0
  for other = 0, 2 do
    if other ~= level then
      local limit = exact(start + (level - other) * step)
      if other > level then limit = '(' .. limit end
      count = count + redis.call('ZCOUNT', KEYS[other + 1], '-inf', limit)
    end
  end
  return count
end

local function take_out(id)
  local removed = 0
  for level = 0, 2 do
    removed = removed + redis.call('ZREM', KEYS[level + 1], id)
  end
  for key = 4, 6 do
    redis.call('HDEL', KEYS[key], id)
  end
  return removed > 0
end

-- Remembers for `ms` that the session has left the line with this epoch: what was read before is not put back.
local function remember_left(key, epoch, ms)
  local before = tonumber(redis.call('GET', key) or '0')
  redis.call('SET', key, exact(math.max(before, epoch)), 'PX', ms)
end

local function changed()
  redis.call('INCR', KEYS[7])
end

-- Iterates over the line in order: id, level, start.
local function in_order(step, chunk)
  local read, offset, at = { {}, {}, {} }, { 0, 0, 0 }, { 1, 1, 1 }
  local function refill(list)
    if at[list] <= #read[list] or not offset[list] then return end
    read[list] = redis.call('ZRANGE', KEYS[list], offset[list], offset[list] + chunk - 1, 'WITHSCORES')
    at[list] = 1
    offset[list] = #read[list] == 2 * chunk and offset[list] + chunk or nil
  end
  return function()
    local first, first_order
    for list = 1, 3 do
      refill(list)
      if at[list] <= #read[list] then
        local order = tonumber(read[list][at[list] + 1]) + (list - 1) * step
        if not first or order < first_order then first, first_order = list, order end
      end
    end
    if not first then return nil end
    local id, start = read[first][at[first]], tonumber(read[first][at[first] + 1])
    at[first] = at[first] + 2
    return id, first - 1, start
  end
end

-- Expiry, token and agent of a reservation that still holds, or nil.
local function reservation(id, now)
  local claim = redis.call('HGET', KEYS[6], id)
  if not claim then return nil end
  local expiry, token, agent = string.match(claim, '^(%d+) (%S+) (%S+)$')
  if not expiry or tonumber(expiry) <= now then return nil end
  return tonumber(expiry), token, agent
end
