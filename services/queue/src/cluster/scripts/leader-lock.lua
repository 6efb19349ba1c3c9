-- Takes or renews a lock. KEYS[1]: the lock. ARGV: who, for how many ms; 0 gives it back. Returns 1 when it is held.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
