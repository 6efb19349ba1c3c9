-- Stores when the last completed reconciliation started. KEYS[8]: that time. ARGV[1]: ms.
return redis.call('SET', KEYS[8], ARGV[1])
