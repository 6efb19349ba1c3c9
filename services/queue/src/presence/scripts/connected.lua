-- Agents that a gateway has reported as connected in the last ARGV[1] ms: agent, time of the report, …
-- KEYS[2]: see report.lua.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[2], string.format('%.0f', now - tonumber(ARGV[1])), '+inf', 'WITHSCORES')
