-- A page of one priority, as stored: next cursor, then id, start, epoch ('' when unknown), …
-- ARGV: priority, cursor, count. A session that is queued during the whole scan is found by it; one that is added or
-- removed meanwhile may be missed.
local page = redis.call('ZSCAN', KEYS[tonumber(ARGV[1]) + 1], ARGV[2], 'COUNT', ARGV[3])
local found = { page[1] }
for index = 1, #page[2], 2 do
  found[#found + 1] = page[2][index]
  found[#found + 1] = exact(start_of(tonumber(page[2][index + 1])))
  found[#found + 1] = redis.call('HGET', KEYS[5], page[2][index]) or ''
end
return found
