-- The queue. Every script that reads or changes it starts with this file, and these are its first keys:
--   KEYS[1..3]  one sorted set for each priority (0 high, 1 normal, 2 low): session id by the start of its wait in ms,
--               plus AWAY while its customer has no page open
--   KEYS[4]     metadata: session id -> the wait as Postgres has it, as JSON
--   KEYS[5]     epochs: session id -> epoch of the wait
--   KEYS[6]     reservations: session id -> 'expiry token agent', while an agent's claim is being decided in Postgres
--   KEYS[7]     version: incremented by every change of the order
-- Order: start of the wait plus `step` ms for each priority below high. Ties go to the higher priority, then to the
-- smaller id. Sessions whose customer is away sort behind all present ones of their priority, by the start of their
-- waits; among the other priorities they count as if they had started no earlier than the last present one of their
-- own. The order does not depend on the current time, so a position is counted in O(log n).

-- About 158 years in ms: larger than the start of any wait.
local AWAY = 5000000000000

-- The start of the wait with this score.
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

-- Calls a command with a list of arguments, unless the list is empty.
local function with(command, key, arguments)
  if #arguments > 0 then redis.call(command, key, unpack(arguments)) end
end

-- ARGV comes in groups of `size`: returns the argument at `offset` of every group.
local function every(size, offset)
  local found = {}
  for index = offset, #ARGV, size do
    found[#found + 1] = ARGV[index]
  end
  return found
end

-- The waits of these sessions, by id: `epoch`, 0 when unknown; `copies`, the number of priorities that have the session
-- (more than one only after a fault); [0], [1], [2], the start of the wait in each of them; and `away`. The sorted sets
-- are read only when `thorough`. Otherwise a session with an epoch counts as queued once, which only a fault makes
-- wrong.
local function waits_of(ids, thorough)
  local waits, epochs = {}, redis.call('HMGET', KEYS[5], unpack(ids))
  for index, id in ipairs(ids) do
    local epoch = epochs[index]
    waits[id] = { epoch = tonumber(epoch or '0'), copies = epoch and not thorough and 1 or 0 }
  end
  if not thorough then return waits end
  for priority = 0, 2 do
    for index, score in ipairs(redis.call('ZMSCORE', KEYS[priority + 1], unpack(ids))) do
      local wait = waits[ids[index]]
      if score and not wait[priority] then
        wait[priority] = start_of(tonumber(score))
        wait.away = tonumber(score) >= AWAY
        wait.copies = wait.copies + 1
      end
    end
  end
  return waits
end

-- Priority and score of a queued session, or nil.
local function find(id)
  for priority = 0, 2 do
    local score = redis.call('ZSCORE', KEYS[priority + 1], id)
    if score then return priority, tonumber(score) end
  end
  return nil
end

local function length()
  return redis.call('ZCARD', KEYS[1]) + redis.call('ZCARD', KEYS[2]) + redis.call('ZCARD', KEYS[3])
end

-- The end of a priority: `last`, the start of the last present wait (0 without one), and `away`, whether any customer
-- is away. Read once in a script.
local ends = {}
local function end_of(priority)
  if not ends[priority] then
    local key = KEYS[priority + 1]
    local last = redis.call('ZREVRANGEBYSCORE', key, '(' .. exact(AWAY), '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
    ends[priority] = { last = tonumber(last[2] or '0'), away = redis.call('ZCOUNT', key, exact(AWAY), '+inf') > 0 }
  end
  return ends[priority]
end

-- The start with which a wait counts among the other priorities.
local function counted_start(priority, score)
  if score < AWAY then return score end
  return math.max(score - AWAY, end_of(priority).last)
end

-- How many sessions of the other priorities are ahead of a wait with this priority and score.
local function others_ahead(priority, score, step)
  local count, start = 0, counted_start(priority, score)
  for other = 0, 2 do
    if other ~= priority then
      local limit, key = start + (priority - other) * step, KEYS[other + 1]
      local below = other > priority and '(' or ''
      local present = limit >= AWAY and '(' .. exact(AWAY) or below .. exact(limit)
      count = count + redis.call('ZCOUNT', key, '-inf', present)
      local last = end_of(other)
      if last.away and limit >= 0 and (last.last < limit or (last.last == limit and other < priority)) then
        count = count + redis.call('ZCOUNT', key, exact(AWAY), below .. exact(AWAY + limit))
      end
    end
  end
  return count
end

-- The newest epoch with which each session has left the queue lately, so that an older read of Postgres does not put it
-- back. Two hashes, session id -> epoch, one for the even and one for the odd minutes. Each expires as a whole, so a
-- session is remembered for one to two minutes at the cost of one field.
local function left_of(even, odd, ids)
  local left, one, other = {}, redis.call('HMGET', even, unpack(ids)), redis.call('HMGET', odd, unpack(ids))
  for index, id in ipairs(ids) do
    left[id] = math.max(tonumber(one[index] or '0'), tonumber(other[index] or '0'))
  end
  return left
end

-- `epochs`: id -> newest epoch that has left, as it was given. An older epoch never replaces a newer one.
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

-- Applies a change at most once: a retry with the same operation id gets the first result. KEYS[8] keeps that result
-- for a minute.
local function once(change)
  local first = redis.call('GET', KEYS[8])
  if first then return first end
  local result = cjson.encode(change())
  redis.call('SET', KEYS[8], result, 'PX', 60000)
  return result
end

-- Iterates over the queue in order: id, priority, start. Reads each priority in growing chunks, because usually only
-- the first of two of them is needed.
local function in_order(step)
  local read, at, chunk, offset = { {}, {}, {} }, { 1, 1, 1 }, { 4, 4, 4 }, { 0, 0, 0 }
  -- For the next session of each priority: the start of its wait, and its order among the others. `last` is the start
  -- of the last present wait of each priority.
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

-- Whether a value of KEYS[6] is a reservation that has not expired.
local function is_reserved(value, now)
  local expiry = value and string.match(value, '^%d+')
  return expiry and tonumber(expiry) > now
end

-- Expiry, token and agent of a value of KEYS[6], or nil when the reservation has expired.
local function reservation(value, now)
  if not is_reserved(value, now) then return nil end
  local expiry, token, agent = string.match(value, '^(%d+) (%S+) (%S+)$')
  return tonumber(expiry), token, agent
end
