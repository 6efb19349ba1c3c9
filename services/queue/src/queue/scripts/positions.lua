-- Places of a part of one level: the length of the line, then id, place, id, place, … ARGV: step, level, from, to.
local step, level, from = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local members = redis.call('ZRANGE', KEYS[level + 1], from, ARGV[4], 'WITHSCORES')
local places = { length() }
for index = 1, #members, 2 do
  local rank = from + (index - 1) / 2
  places[#places + 1] = members[index]
  places[#places + 1] = rank + others_ahead(level, tonumber(members[index + 1]), step) + 1
end
return places
