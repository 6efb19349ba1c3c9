-- A gateway's report. KEYS: seen (agent by the time from which its grace period counts), connected (agent by its last
-- report), gateways (agent -> the gateway that reported it). ARGV: how many agents are gone, then agent and gateway of
-- each that is gone, then of each that is present. An agent that is gone from one gateway and connected to another
-- stays connected. Idempotent, so it needs no operation id.
local time = redis.call('TIME')
local now = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
local gone = tonumber(ARGV[1])
for index = 2, #ARGV, 2 do
  local agent, gateway = ARGV[index], ARGV[index + 1]
  if (index - 2) / 2 >= gone then
    redis.call('ZADD', KEYS[1], now, agent)
    redis.call('ZADD', KEYS[2], now, agent)
    redis.call('HSET', KEYS[3], agent, gateway)
  elseif redis.call('HGET', KEYS[3], agent) == gateway then
    redis.call('ZADD', KEYS[1], now, agent)
    redis.call('ZREM', KEYS[2], agent)
    redis.call('HDEL', KEYS[3], agent)
  end
end
return now
