-- A part of one level as it is kept: next cursor, then id, start, epoch ('' when unknown), … ARGV: level, cursor, count.
-- Who is in line during the whole scan is found by it; who comes or goes meanwhile may be or not.
local page = redis.call('ZSCAN', KEYS[tonumber(ARGV[1]) + 1], ARGV[2], 'COUNT', ARGV[3])
local found = { page[1] }
for index = 1, #page[2], 2 do
  found[#found + 1] = page[2][index]
  found[#found + 1] = exact(start_of(tonumber(page[2][index + 1])))
  found[#found + 1] = redis.call('HGET', KEYS[5], page[2][index]) or ''
end
return found
