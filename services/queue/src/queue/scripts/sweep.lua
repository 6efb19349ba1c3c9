-- Drops what is kept of sessions that are not in line, and reservations that have expired. ARGV: cursor, count.
-- Returns the next cursor; '0' when nothing is left over or all was looked at.
local now = now_ms()
local claims = redis.call('HKEYS', KEYS[6])
for _, id in ipairs(claims) do
  if not reservation(redis.call('HGET', KEYS[6], id), now) then redis.call('HDEL', KEYS[6], id) end
end
local waiting = length()
if redis.call('HLEN', KEYS[4]) == waiting and redis.call('HLEN', KEYS[5]) == waiting then return '0' end
local page = redis.call('HSCAN', KEYS[5], ARGV[1], 'COUNT', ARGV[2])
for index = 1, #page[2], 2 do
  local id = page[2][index]
  if not place_of(id) then
    for key = 4, 6 do
      redis.call('HDEL', KEYS[key], id)
    end
  end
end
return page[1]
