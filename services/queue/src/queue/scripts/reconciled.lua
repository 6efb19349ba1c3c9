-- Notes when the last completed comparison began. KEYS[8]: that time. ARGV[1]: ms.
return redis.call('SET', KEYS[8], ARGV[1])
