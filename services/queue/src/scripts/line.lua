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

local function append(list, value)
  list[#list + 1] = value
end

-- Appends a field and its value, or a score and its member.
local function append_pair(list, first, second)
  local length = #list
  list[length + 1], list[length + 2] = first, second
end

-- A command with a list of arguments, unless the list is empty.
local function with(command, key, arguments)
  if #arguments > 0 then redis.call(command, key, unpack(arguments)) end
end

-- The arguments come in groups: the one at this place of every group.
local function every(size, place)
  local found = {}
  for index = place, #ARGV, size do
    found[#found + 1] = ARGV[index]
  end
  return found
end

-- What is known of sessions, by id: `epoch`, 0 when unknown; [0], [1], [2], the start of the wait in each level that has
-- it; and `places`, in how many levels that is: more than one only after a fault.
local function waits_of(ids)
  local waits, epochs = {}, redis.call('HMGET', KEYS[5], unpack(ids))
  for index, id in ipairs(ids) do
    waits[id] = { epoch = tonumber(epochs[index] or '0'), places = 0 }
  end
  for level = 0, 2 do
    for index, start in ipairs(redis.call('ZMSCORE', KEYS[level + 1], unpack(ids))) do
      local wait = waits[ids[index]]
      if start and not wait[level] then
        wait[level] = tonumber(start)
        wait.places = wait.places + 1
      end
    end
  end
  return waits
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

-- Up to which epoch sessions have left the line of late, so that what was read of the record before does not put them
-- back. Two hashes, session id -> epoch, for the even and the odd minutes: each is dropped as a whole when its turn comes
-- again, so a session is remembered for one to two minutes, at no more than a field.
local function left_of(even, odd, ids)
  local left, one, other = {}, redis.call('HMGET', even, unpack(ids)), redis.call('HMGET', odd, unpack(ids))
  for index, id in ipairs(ids) do
    left[id] = math.max(tonumber(one[index] or '0'), tonumber(other[index] or '0'))
  end
  return left
end

local function remember_left(even, odd, fields, now)
  if #fields == 0 then return end
  local minute = math.floor(now / 60000)
  local key = minute % 2 == 0 and even or odd
  redis.call('HSET', key, unpack(fields))
  redis.call('PEXPIREAT', key, exact((minute + 2) * 60000))
end

local function changed()
  redis.call('INCR', KEYS[7])
end

-- Iterates over the line in order: id, level, start. Reads little of a level at first and then ever more at a time, as of
-- two of the levels usually nobody but the first is looked at.
local function in_order(step)
  local read, offset, at, chunk = { {}, {}, {} }, { 0, 0, 0 }, { 1, 1, 1 }, { 4, 4, 4 }
  local function refill(list)
    if at[list] <= #read[list] or not offset[list] then return end
    local count = chunk[list]
    read[list] = redis.call('ZRANGE', KEYS[list], offset[list], offset[list] + count - 1, 'WITHSCORES')
    at[list], chunk[list] = 1, math.min(4 * count, 256)
    offset[list] = #read[list] == 2 * count and offset[list] + count or nil
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

-- Expiry, token and agent of a reservation that still holds, or nil; of what is kept in KEYS[6].
local function reservation(claim, now)
  if not claim then return nil end
  local expiry, token, agent = string.match(claim, '^(%d+) (%S+) (%S+)$')
  if not expiry or tonumber(expiry) <= now then return nil end
  return tonumber(expiry), token, agent
end
