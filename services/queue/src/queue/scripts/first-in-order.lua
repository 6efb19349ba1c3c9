-- The first sessions of the queue, in order. ARGV: step, limit, 1 to include metadata, how many to skip.
-- Returns the lengths of the three priorities, then for each session: id, priority, and its metadata or ''.
local limit, with_metadata = tonumber(ARGV[2]), ARGV[3] == '1'
local found = { redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2]), redis.call('ZCARD', KEYS[3]) }
local following = in_order(tonumber(ARGV[1]))
for _ = 1, tonumber(ARGV[4]) do
  if not following() then return found end
end
for _ = 1, limit do
  local id, priority = following()
  if not id then break end
  found[#found + 1] = id
  found[#found + 1] = priority
  found[#found + 1] = with_metadata and redis.call('HGET', KEYS[4], id) or ''
end
return found
