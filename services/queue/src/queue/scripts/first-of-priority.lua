-- The first sessions of one priority, as stored: id, start, metadata or '', … ARGV: priority, limit.
local members = redis.call('ZRANGE', KEYS[tonumber(ARGV[1]) + 1], 0, tonumber(ARGV[2]) - 1, 'WITHSCORES')
local found = {}
for index = 1, #members, 2 do
  found[#found + 1] = members[index]
  found[#found + 1] = exact(start_of(tonumber(members[index + 1])))
  found[#found + 1] = redis.call('HGET', KEYS[4], members[index]) or ''
end
return found
