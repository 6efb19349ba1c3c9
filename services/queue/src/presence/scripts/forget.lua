-- Forgets an agent that was taken offline, unless it has been seen since. KEYS: seen, connected, gateways.
-- ARGV: agent, time last seen.
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
return 1
