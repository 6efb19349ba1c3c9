-- The line of waiting sessions. Every script that touches it begins with this, and is given these keys first:
--   KEYS[1..3]  sorted sets of levels 0 high, 1 normal, 2 low: session id by the start of its wait (ms), plus AWAY while
--               its customer has no page open
--   KEYS[4]     metadata: session id -> what Postgres says of the wait, as JSON
--   KEYS[5]     epochs: session id -> epoch of the wait
--   KEYS[6]     claims: session id -> 'expiry token agent', a reservation while the record is being asked
--   KEYS[7]     version: raised by every change of the order
-- Order: by start of the wait plus `step` ms for each level below high; ties go to the higher level, then to the
-- smaller id. Who is away stands behind all of the level who are present, in the order of their waits; among the other
-- levels it counts as if its wait had begun no earlier than that of the last one present in its own. None of it depends
-- on the present time, so places can be counted in O(log n).

-- Some 158 years in ms: more than any start of a wait.
local AWAY = 5000000000000

-- The start of a wait whose score this is.
local function start_of(score)
  return score >= AWAY and score - AWAY or score
end

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

-- What is known of sessions, by id: `epoch`, 0 when unknown; `places`, in how many levels they wait: more than one only
-- after a fault; [0], [1], [2], the start of the wait in each level that has it; and `away`. The levels are looked
-- through only when `thorough`; else who has an epoch is taken to be in one of them, which also only a fault makes untrue.
local function waits_of(ids, thorough)
  local waits, epochs = {}, redis.call('HMGET', KEYS[5], unpack(ids))
  for index, id in ipairs(ids) do
    local epoch = epochs[index]
    waits[id] = { epoch = tonumber(epoch or '0'), places = epoch and not thorough and 1 or 0 }
  end
  if not thorough then return waits end
  for level = 0, 2 do
    for index, score in ipairs(redis.call('ZMSCORE', KEYS[level + 1], unpack(ids))) do
      local wait = waits[ids[index]]
      if score and not wait[level] then
        wait[level] = start_of(tonumber(score))
        wait.away = tonumber(score) >= AWAY
        wait.places = wait.places + 1
      end
    end
  end
  return waits
end

-- Level and score of a session in line, or nil.
local function place_of(id)
  for level = 0, 2 do
    local score = redis.call('ZSCORE', KEYS[level + 1], id)
    if score then return level, tonumber(score) end
  end
  return nil
end

local function length()
  return redis.call('ZCARD', KEYS[1]) + redis.call('ZCARD', KEYS[2]) + redis.call('ZCARD', KEYS[3])
end

-- Of a level: the start of the wait of the last one present, 0 without any, and whether anybody is away. Read once a script.
local ends = {}
local function end_of(level)
  if not ends[level] then
    local key = KEYS[level + 1]
    local last = redis.call('ZREVRANGEBYSCORE', key, '(' .. exact(AWAY), '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
    ends[level] = { last = tonumber(last[2] or '0'), away = redis.call('ZCOUNT', key, exact(AWAY), '+inf') > 0 }
  end
  return ends[level]
end

-- The start that a wait counts with among the other levels.
local function counted_start(level, score)
  if score < AWAY then return score end
  return math.max(score - AWAY, end_of(level).last)
end

-- How many of the other levels go before a wait of this level and score.
local function others_ahead(level, score, step)
  local count, start = 0, counted_start(level, score)
  for other = 0, 2 do
    if other ~= level then
      local limit, key = start + (level - other) * step, KEYS[other + 1]
      local below = other > level and '(' or ''
      local present = limit >= AWAY and '(' .. exact(AWAY) or below .. exact(limit)
      count = count + redis.call('ZCOUNT', key, '-inf', present)
      local last = end_of(other)
      if last.away and limit >= 0 and (last.last < limit or (last.last == limit and other < level)) then
        count = count + redis.call('ZCOUNT', key, exact(AWAY), below .. exact(AWAY + limit))
      end
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

-- `epochs`: id -> newest epoch that has left, as it was given. An older one never replaces a newer.
local function remember_left(even, odd, epochs, now)
  local ids, fields = {}, {}
  for id in pairs(epochs) do
    append(ids, id)
  end
  if #ids == 0 then return end
  local minute = math.floor(now / 60000)
  local key = minute % 2 == 0 and even or odd
  local known = redis.call('HMGET', key, unpack(ids))
  for index, id in ipairs(ids) do
    if tonumber(known[index] or '0') < tonumber(epochs[id]) then append_pair(fields, id, epochs[id]) end
  end
  with('HSET', key, fields)
  redis.call('PEXPIREAT', key, exact((minute + 2) * 60000))
end

local function changed()
  redis.call('INCR', KEYS[7])
end

-- Iterates over the line in order: id, level, start. Reads little of a level at first and then ever more at a time, as of
-- two of the levels usually nobody but the first is looked at.
local function in_order(step)
  local read, at, chunk, offset = { {}, {}, {} }, { 1, 1, 1 }, { 4, 4, 4 }, { 0, 0, 0 }
  -- Of the next one of each level: the start of its wait, and where that puts it among the others. Of the last one of
  -- each level that was present: the start of its wait.
  local start, order, last = {}, {}, { 0, 0, 0 }
  local function look(list)
    if at[list] > #read[list] and offset[list] then
      local count = chunk[list]
      read[list] = redis.call('ZRANGE', KEYS[list], offset[list], offset[list] + count - 1, 'WITHSCORES')
      at[list], chunk[list] = 1, math.min(4 * count, 256)
      offset[list] = #read[list] == 2 * count and offset[list] + count or nil
    end
    local score = tonumber(read[list][at[list] + 1])
    start[list] = score and start_of(score)
    if not score then
      order[list] = math.huge
    elseif score < AWAY then
      last[list] = score
      order[list] = score + (list - 1) * step
    else
      order[list] = math.max(start[list], last[list]) + (list - 1) * step
    end
  end
  for list = 1, 3 do
    look(list)
  end
  return function()
    local first = 1
    if order[2] < order[first] then first = 2 end
    if order[3] < order[first] then first = 3 end
    if not start[first] then return nil end
    local id, since = read[first][at[first]], start[first]
    at[first] = at[first] + 2
    look(first)
    return id, first - 1, since
  end
end

-- Whether what is kept in KEYS[6] is a reservation that still holds.
local function holds(claim, now)
  local expiry = claim and string.match(claim, '^%d+')
  return expiry and tonumber(expiry) > now
end

-- Expiry, token and agent of a reservation that still holds, or nil; of what is kept in KEYS[6].
local function reservation(claim, now)
  if not holds(claim, now) then return nil end
  local expiry, token, agent = string.match(claim, '^(%d+) (%S+) (%S+)$')
  return tonumber(expiry), token, agent
end
