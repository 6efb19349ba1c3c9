-- Takes sessions out of line, unless they have begun a newer wait than the epoch given.
-- ARGV: for each: id, newest epoch to take out, 1 to remember that it has left or 0, and the start of the wait when an
-- agent got it and it counts in the figures, else ''.
-- KEYS[9], KEYS[10]: who has left, see left_of. KEYS[11]: how many waits ended by a claim, and their sum in ms, by the
-- minute: '<minute>:count' and '<minute>:ms'. Returns for each whether it was in line: 1 or 0. Read and written together,
-- as in put.lua.
local ids = every(4, 1)
local waits, left = waits_of(ids), left_of(KEYS[9], KEYS[10], ids)
local now, results, any = now_ms(), {}, false
local leaves, gone, remembered, count, sum = { {}, {}, {} }, {}, {}, 0, 0

for item, id in ipairs(ids) do
  local at = (item - 1) * 4
  local epoch, start = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 4])
  local wait = waits[id]
  results[item] = 0
  if wait.epoch <= epoch then
    if wait.places > 0 then results[item], any = 1, true end
    for level = 0, 2 do
      if wait[level] then append(leaves[level + 1], id) end
    end
    append(gone, id)
    waits[id] = { places = 0, epoch = 0 }
  end
  if ARGV[at + 3] == '1' then
    left[id] = math.max(left[id], epoch)
    append_pair(remembered, id, left[id] == epoch and ARGV[at + 2] or exact(left[id]))
  end
  if start then count, sum = count + 1, sum + math.max(0, now - start) end
end

for level = 1, 3 do
  with('ZREM', KEYS[level], leaves[level])
end
for key = 4, 6 do
  with('HDEL', KEYS[key], gone)
end
remember_left(KEYS[9], KEYS[10], remembered, now)
if count > 0 then
  local minute = math.floor(now / 60000)
  redis.call('HINCRBY', KEYS[11], minute .. ':ms', exact(sum))
  if redis.call('HINCRBY', KEYS[11], minute .. ':count', count) == count then
    -- The first of this minute puts away what is older than an hour.
    for _, field in ipairs(redis.call('HKEYS', KEYS[11])) do
      if tonumber(string.match(field, '^%d+')) < minute - 60 then redis.call('HDEL', KEYS[11], field) end
    end
  end
end
if any then changed() end
return results
