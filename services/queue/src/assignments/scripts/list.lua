-- Every assignment: session, agent, … KEYS: see assignments.lua. Rebuilds the set when it differs from the hash.
local matches = not sizes_differ()
in_parts(redis.call('HKEYS', KEYS[1]), function(...)
  for _, is_member in ipairs(redis.call('SMISMEMBER', KEYS[2], ...)) do
    matches = matches and is_member == 1
  end
end)
if not matches then rebuild_set() end
return redis.call('HGETALL', KEYS[1])
