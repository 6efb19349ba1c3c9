-- Ends a reservation as the record decided. ARGV: outcome, session id, token or '', epoch, ms to remember, start or ''.
--   taken  the agent has it: out of line, and its wait is counted (when `start` is given)
--   gone   it no longer waits: out of line
--   back   it still waits: the reservation ends, the place was never given up
-- KEYS[9]: mark that it has left. KEYS[10]: waits that ended by a claim, 'session:epoch:ms' by the time of the claim.
local outcome, id, token, epoch = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local remember, start = tonumber(ARGV[5]), tonumber(ARGV[6])
local now = now_ms()

if outcome == 'back' then
  local _, holder = reservation(id, now)
  if holder == token then redis.call('HDEL', KEYS[6], id) end
  return { removed = 0 }
end

local removed = false
if tonumber(redis.call('HGET', KEYS[5], id) or '0') <= epoch then removed = take_out(id) end
remember_left(KEYS[9], epoch, remember)
if removed then changed() end
if outcome == 'taken' and start then
  redis.call('ZADD', KEYS[10], now, id .. ':' .. exact(epoch) .. ':' .. exact(math.max(0, now - start)))
  redis.call('ZREMRANGEBYSCORE', KEYS[10], '-inf', now - 3600000)
  redis.call('ZREMRANGEBYRANK', KEYS[10], 0, -10001)
end
return { removed = removed and 1 or 0 }
