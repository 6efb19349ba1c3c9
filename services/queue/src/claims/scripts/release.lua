-- Ends reservations of sessions that still wait: their places were never given up. ARGV: for each: id, token.
-- A reservation that another has meanwhile is not touched. Returns for each whether one was ended: 1 or 0.
local now, results = now_ms(), {}
for item, id in ipairs(every(2, 1)) do
  local _, holder = reservation(redis.call('HGET', KEYS[6], id), now)
  results[item] = holder == ARGV[item * 2] and redis.call('HDEL', KEYS[6], id) or 0
end
return results
