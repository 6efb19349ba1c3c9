-- Position of one session: {position, length, priority}, or false when it is not queued. ARGV: step, session id.
local priority, score = find(ARGV[2])
if not priority then return false end
local rank = redis.call('ZRANK', KEYS[priority + 1], ARGV[2])
return { rank + others_ahead(priority, score, tonumber(ARGV[1])) + 1, length(), priority }
