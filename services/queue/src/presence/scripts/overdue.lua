-- Which of the agents on duty have not been seen for longer than the grace: agent, time last seen, …
-- KEYS: seen, connected, gateways, marker of the present stretch (see pulse.lua). ARGV: grace, longest pause between
-- beats, then the agents on duty. One that was never seen counts from now. Time before the present stretch does not
-- count, since nobody could report then; without a recent beat nobody is overdue.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local grace = tonumber(ARGV[1])
local marker = redis.call('HMGET', KEYS[4], 'since', 'last')
local heard = marker[1] and marker[2] and now - tonumber(marker[2]) <= tonumber(ARGV[2])
local on_duty, overdue = {}, {}
for index = 3, #ARGV do
  local agent = ARGV[index]
  on_duty[agent] = true
  local seen = redis.call('ZSCORE', KEYS[1], agent)
  if not seen then
    redis.call('ZADD', KEYS[1], string.format('%.0f', now), agent)
  elseif heard and now - math.max(tonumber(seen), tonumber(marker[1])) >= grace then
    overdue[#overdue + 1] = agent
    overdue[#overdue + 1] = seen
  end
end
for _, agent in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - grace))) do
  if not on_duty[agent] then
    redis.call('ZREM', KEYS[1], agent)
    redis.call('ZREM', KEYS[2], agent)
    redis.call('HDEL', KEYS[3], agent)
  end
end
return overdue
