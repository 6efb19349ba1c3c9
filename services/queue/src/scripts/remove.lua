-- Takes sessions out of line. ARGV[1]: ms for which to remember that they left, 0 for not at all (then KEYS[9..] are
-- not needed). Then for each session: id, newest epoch to remove. A wait that began since has a newer one and stays.
local remember = tonumber(ARGV[1])
local removed = 0
for item = 0, (#ARGV - 1) / 2 - 1 do
  local id, epoch = ARGV[item * 2 + 2], tonumber(ARGV[item * 2 + 3])
  local known = tonumber(redis.call('HGET', KEYS[5], id) or '0')
  if known <= epoch and take_out(id) then removed = removed + 1 end
  if remember > 0 then remember_left(KEYS[9 + item], epoch, remember) end
end
if removed > 0 then changed() end
return { removed = removed }
