-- One heartbeat of a queue service that reaches both Redis and NATS. KEYS[8]: the current generation, a hash of its
-- start (`since`) and the last heartbeat (`last`). A new generation starts when the key is missing (Redis has lost its
-- data) or no instance has sent a heartbeat for longer than ARGV[1] ms. KEYS[9]: time of the last completed
-- reconciliation. Returns: now, start of the generation, version, time of the last reconciliation or '', then for each
-- priority its length and the start of its longest wait or ''.
local now = now_ms()
local generation = redis.call('HMGET', KEYS[8], 'since', 'last')
local since = generation[1]
if not since or not generation[2] or now - tonumber(generation[2]) > tonumber(ARGV[1]) then since = exact(now) end
redis.call('HSET', KEYS[8], 'since', since, 'last', exact(now))
local state = { exact(now), since, redis.call('GET', KEYS[7]) or '0', redis.call('GET', KEYS[9]) or '' }
for priority = 1, 3 do
  local oldest = redis.call('ZRANGE', KEYS[priority], 0, 0, 'WITHSCORES')
  state[#state + 1] = exact(redis.call('ZCARD', KEYS[priority]))
  state[#state + 1] = oldest[2] or ''
end
return state
