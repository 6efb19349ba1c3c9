-- The online agents that have vanished, not seen for longer than the grace period: agent, time last seen, …
-- KEYS: seen, connected, gateways (see report.lua), the current generation (see heartbeat.lua). ARGV: grace period,
-- longest pause between heartbeats, then the online agents. The grace period of an agent that was never seen starts
-- now. Time before the current generation does not count, because no gateway could report then. Without a recent
-- heartbeat no agent has vanished.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local grace = tonumber(ARGV[1])
local generation = redis.call('HMGET', KEYS[4], 'since', 'last')
local alive = generation[1] and generation[2] and now - tonumber(generation[2]) <= tonumber(ARGV[2])
local online, vanished = {}, {}
for index = 3, #ARGV do
  local agent = ARGV[index]
  online[agent] = true
  local seen = redis.call('ZSCORE', KEYS[1], agent)
  if not seen then
    redis.call('ZADD', KEYS[1], string.format('%.0f', now), agent)
  elseif alive and now - math.max(tonumber(seen), tonumber(generation[1])) >= grace then
    vanished[#vanished + 1] = agent
    vanished[#vanished + 1] = seen
  end
end
for _, agent in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - grace))) do
  if not online[agent] then
    redis.call('ZREM', KEYS[1], agent)
    redis.call('ZREM', KEYS[2], agent)
    redis.call('HDEL', KEYS[3], agent)
  end
end
return vanished
