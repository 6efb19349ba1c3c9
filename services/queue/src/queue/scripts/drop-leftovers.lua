-- Drops metadata, epochs and reservations of sessions that are not queued, and expired reservations.
-- ARGV: cursor, count. Returns the next cursor; '0' when nothing is left to drop or everything was checked.
local now = now_ms()
local reserved = redis.call('HKEYS', KEYS[6])
for _, id in ipairs(reserved) do
  if not reservation(redis.call('HGET', KEYS[6], id), now) then redis.call('HDEL', KEYS[6], id) end
end
local waiting = length()
if redis.call('HLEN', KEYS[4]) == waiting and redis.call('HLEN', KEYS[5]) == waiting then return '0' end
local page = redis.call('HSCAN', KEYS[5], ARGV[1], 'COUNT', ARGV[2])
for index = 1, #page[2], 2 do
  local id = page[2][index]
  if not find(id) then
    for key = 4, 6 do
      redis.call('HDEL', KEYS[key], id)
    end
  end
end
return page[1]
