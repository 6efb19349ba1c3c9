-- Place of one session: {place, length, level}, or nothing when it is not in line. ARGV: step, session id.
local level, score = place_of(ARGV[2])
if not level then return false end
local rank = redis.call('ZRANK', KEYS[level + 1], ARGV[2])
return { rank + others_ahead(level, score, tonumber(ARGV[1])) + 1, length(), level }
