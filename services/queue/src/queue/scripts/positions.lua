-- Positions of a range of one priority: the length of the queue, then id, position, id, position, …
-- ARGV: step, priority, from, to.
local step, priority, from = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local members = redis.call('ZRANGE', KEYS[priority + 1], from, ARGV[4], 'WITHSCORES')
local positions = { length() }
for index = 1, #members, 2 do
  local rank = from + (index - 1) / 2
  positions[#positions + 1] = members[index]
  positions[#positions + 1] = rank + others_ahead(priority, tonumber(members[index + 1]), step) + 1
end
return positions
