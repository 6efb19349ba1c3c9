-- Reservations that have not expired: session, agent, expiry, …
local now, found = now_ms(), {}
for _, id in ipairs(redis.call('HKEYS', KEYS[6])) do
  local expiry, _, agent = reservation(redis.call('HGET', KEYS[6], id), now)
  if expiry then
    found[#found + 1] = id
    found[#found + 1] = agent
    found[#found + 1] = exact(expiry)
  end
end
return found
