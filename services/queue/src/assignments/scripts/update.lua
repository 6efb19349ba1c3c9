-- Removes and adds assignments. KEYS: see assignments.lua. ARGV: how many are removed, then session and agent of each
-- that is removed ('' for any agent), then of each that is added. Idempotent, so it needs no operation id.
-- Returns how many sessions are assigned.
local removed = tonumber(ARGV[1])
for index = 2, #ARGV, 2 do
  local session, agent = ARGV[index], ARGV[index + 1]
  if (index - 2) / 2 >= removed then
    redis.call('HSET', KEYS[1], session, agent)
    redis.call('SADD', KEYS[2], session)
  elseif agent == '' or redis.call('HGET', KEYS[1], session) == agent then
    redis.call('HDEL', KEYS[1], session)
    redis.call('SREM', KEYS[2], session)
  end
end
if sizes_differ() then rebuild_set() end
return redis.call('HLEN', KEYS[1])
