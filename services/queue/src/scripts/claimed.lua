-- How many waits ended by a claim within the last hour, and their sum in ms. KEYS[8]: see settle.lua.
local members = redis.call('ZRANGEBYSCORE', KEYS[8], exact(now_ms() - 3600000), '+inf')
local total = 0
for _, member in ipairs(members) do
  total = total + tonumber(string.match(member, ':(%d+)$'))
end
return { #members, exact(total) }
