-- Marks sessions as away or present. ARGV, for each: id, 1 when its customer is away or 0. Sessions that are not queued
-- are skipped. Returns how many have changed. Idempotent, so it needs no operation id.
local any = 0
for at = 1, #ARGV, 2 do
  local priority, score = find(ARGV[at])
  local away = ARGV[at + 1] == '1'
  if priority and (score >= AWAY) ~= away then
    redis.call('ZADD', KEYS[priority + 1], exact(start_of(score) + (away and AWAY or 0)), ARGV[at])
    any = any + 1
  end
end
if any > 0 then changed() end
return any
