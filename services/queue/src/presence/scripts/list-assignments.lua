-- Every session in agents' hands: session, agent, … KEYS: see active.lua. Makes the set anew should it not agree.
local agrees = not sizes_differ()
in_parts(redis.call('HKEYS', KEYS[1]), function(...)
  for _, is_member in ipairs(redis.call('SMISMEMBER', KEYS[2], ...)) do
    agrees = agrees and is_member == 1
  end
end)
if not agrees then make_set_anew() end
return redis.call('HGETALL', KEYS[1])
