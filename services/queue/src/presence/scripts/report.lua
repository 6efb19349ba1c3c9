-- A gateway's report. KEYS: seen (agent by the time from which its grace period counts), connected (agent by its last
-- report), gateways (agent -> the gateway that reported it). ARGV: ms after which an agent without a report does not
-- count as connected, how many agents are gone, then agent and gateway of each that is gone, then of each that is
-- present. An agent that is gone from one gateway and connected to another stays connected. Idempotent, so it needs no
-- operation id. Returns how many agents are connected.
local time = redis.call('TIME')
local ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local now = string.format('%.0f', ms)
local gone, reports, gateways = tonumber(ARGV[2]), {}, {}
for index = 3, #ARGV, 2 do
  local agent, gateway = ARGV[index], ARGV[index + 1]
  if (index - 3) / 2 >= gone then
    local at = #reports
    reports[at + 1], reports[at + 2] = now, agent
    gateways[at + 1], gateways[at + 2] = agent, gateway
  elseif redis.call('HGET', KEYS[3], agent) == gateway then
    redis.call('ZADD', KEYS[1], now, agent)
    redis.call('ZREM', KEYS[2], agent)
    redis.call('HDEL', KEYS[3], agent)
  end
end
if #reports > 0 then
  redis.call('ZADD', KEYS[1], unpack(reports))
  redis.call('ZADD', KEYS[2], unpack(reports))
  redis.call('HSET', KEYS[3], unpack(gateways))
end
return redis.call('ZCOUNT', KEYS[2], string.format('%.0f', ms - tonumber(ARGV[1])), '+inf')
