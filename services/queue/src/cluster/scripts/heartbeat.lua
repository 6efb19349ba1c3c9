-- One beat of a queue service that hears both Redis and NATS. KEYS[8]: the marker of the present stretch, a hash.
-- A new stretch begins when the marker is gone (Redis has lost its data) or nobody beat for longer than ARGV[1] ms.
-- KEYS[9]: time of the last completed comparison. Returns: now, start of the stretch, version, time of the last
-- comparison or '', then for each level its length and the start of its longest wait or ''.
local now = now_ms()
local marker = redis.call('HMGET', KEYS[8], 'since', 'last')
local since = marker[1]
if not since or not marker[2] or now - tonumber(marker[2]) > tonumber(ARGV[1]) then since = exact(now) end
redis.call('HSET', KEYS[8], 'since', since, 'last', exact(now))
local state = { exact(now), since, redis.call('GET', KEYS[7]) or '0', redis.call('GET', KEYS[9]) or '' }
for level = 1, 3 do
  local oldest = redis.call('ZRANGE', KEYS[level], 0, 0, 'WITHSCORES')
  state[#state + 1] = exact(redis.call('ZCARD', KEYS[level]))
  state[#state + 1] = oldest[2] or ''
end
return state
