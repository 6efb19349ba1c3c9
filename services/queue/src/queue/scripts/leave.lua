-- Removes sessions from the queue, unless they wait with a newer epoch than the one given.
-- ARGV, for each session: id, newest epoch to remove, 1 to remember that it has left or 0, and the start of the wait
-- when it ended by a claim that counts in the statistics, else ''. KEYS[9], KEYS[10]: the sessions that have left, see
-- remember_left. KEYS[11]: number of waits that ended by a claim and their sum in ms, by minute: '<minute>:count' and
-- '<minute>:ms'. Returns for each whether it was queued: 1 or 0. Read and written together, as in put.lua.
local ids, now = every(4, 1), now_ms()
local epochs = redis.call('HMGET', KEYS[5], unpack(ids))
local results, gone, is_gone, remembered, any = {}, {}, {}, {}, false
local count, sum = 0, 0

for item, id in ipairs(ids) do
  local at = (item - 1) * 4
  local epoch, start = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 4])
  results[item] = 0
  if not is_gone[id] and tonumber(epochs[item] or '0') <= epoch then
    is_gone[id] = true
    append(gone, id)
    -- Only a fault leaves a session in the queue without its epoch.
    if epochs[item] or find(id) then results[item], any = 1, true end
  end
  if ARGV[at + 3] == '1' and epoch > tonumber(remembered[id] or '0') then remembered[id] = ARGV[at + 2] end
  if start then count, sum = count + 1, sum + math.max(0, now - start) end
end

-- From every priority: finding the right one costs as much.
for key = 1, 3 do
  with('ZREM', KEYS[key], gone)
end
for key = 4, 6 do
  with('HDEL', KEYS[key], gone)
end
remember_left(KEYS[9], KEYS[10], remembered, now)
if count > 0 then
  local minute = math.floor(now / 60000)
  redis.call('HINCRBY', KEYS[11], minute .. ':ms', exact(sum))
  if redis.call('HINCRBY', KEYS[11], minute .. ':count', count) == count then
    -- The first claim of a minute drops the counts that are older than an hour.
    for _, field in ipairs(redis.call('HKEYS', KEYS[11])) do
      if tonumber(string.match(field, '^%d+')) < minute - 60 then redis.call('HDEL', KEYS[11], field) end
    end
  end
end
if any then changed() end
return results
