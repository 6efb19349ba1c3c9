-- Releases reservations of sessions that still wait; a reserved session keeps its position. ARGV, for each: id, token.
-- The reservation of another claim is left alone. Returns for each whether it was released: 1 or 0.
local now, results = now_ms(), {}
for item, id in ipairs(every(2, 1)) do
  local _, token = reservation(redis.call('HGET', KEYS[6], id), now)
  results[item] = token == ARGV[item * 2] and redis.call('HDEL', KEYS[6], id) or 0
end
return results
