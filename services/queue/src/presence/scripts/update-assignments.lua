-- Notes which sessions are in agents' hands. KEYS: see active.lua. ARGV: how many leave, then session and agent of each
-- that leaves ('' for whoever has it), then of each that comes. Idempotent, so it carries no operation id.
-- Returns how many are in agents' hands.
local leaving = tonumber(ARGV[1])
for index = 2, #ARGV, 2 do
  local session, agent = ARGV[index], ARGV[index + 1]
  if (index - 2) / 2 >= leaving then
    redis.call('HSET', KEYS[1], session, agent)
    redis.call('SADD', KEYS[2], session)
  elseif agent == '' or redis.call('HGET', KEYS[1], session) == agent then
    redis.call('HDEL', KEYS[1], session)
    redis.call('SREM', KEYS[2], session)
  end
end
if sizes_differ() then make_set_anew() end
return redis.call('HLEN', KEYS[1])
