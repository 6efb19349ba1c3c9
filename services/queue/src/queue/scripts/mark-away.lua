-- Notes of sessions whether their customers are away. ARGV: for each: id, 1 when it is away or 0. Who is not in line is
-- left out. Returns how many have changed. What repeats does nothing, so it carries no operation id.
local any = 0
for at = 1, #ARGV, 2 do
  local level, score = place_of(ARGV[at])
  local away = ARGV[at + 1] == '1'
  if level and (score >= AWAY) ~= away then
    redis.call('ZADD', KEYS[level + 1], exact(start_of(score) + (away and AWAY or 0)), ARGV[at])
    any = any + 1
  end
end
if any > 0 then changed() end
return any
