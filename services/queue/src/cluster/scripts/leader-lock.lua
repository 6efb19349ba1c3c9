-- Acquires or renews a lock, or releases it. KEYS[1]: the lock. ARGV: instance, ms until it expires or 0 to release.
-- Returns 1 when this instance has the lock, or had it and has released it.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
