-- Puts waiting sessions in line. ARGV: mode, then for each session: id, epoch, level, start, metadata.
-- KEYS[9..]: for each session, the mark that says up to which epoch it has left the line.
--   keep     a session that is in line with this epoch or a newer one stays where it is
--   correct  as the record has it: one that is in line at another place is moved; one that has left since is not put back
-- A session never goes back to an older epoch.
local mode = ARGV[1]
local added, moved = 0, 0
for item = 0, (#ARGV - 1) / 5 - 1 do
  local id, epoch, level = ARGV[item * 5 + 2], tonumber(ARGV[item * 5 + 3]), tonumber(ARGV[item * 5 + 4])
  local start, metadata = ARGV[item * 5 + 5], ARGV[item * 5 + 6]
  local left = mode == 'correct' and redis.call('GET', KEYS[9 + item])
  local known = tonumber(redis.call('HGET', KEYS[5], id) or '0')
  local places, right = 0, false
  for other = 0, 2 do
    local found = redis.call('ZSCORE', KEYS[other + 1], id)
    if found then
      places = places + 1
      right = right or (other == level and tonumber(found) == tonumber(start))
    end
  end
  local settled = places > 0 and known == epoch and (mode == 'keep' or (places == 1 and right))
  local outdated = (left and tonumber(left) >= epoch) or (places > 0 and known > epoch)
  if not settled and not outdated then
    for other = 0, 2 do
      if other ~= level then redis.call('ZREM', KEYS[other + 1], id) end
    end
    redis.call('ZADD', KEYS[level + 1], start, id)
    redis.call('HSET', KEYS[4], id, metadata)
    redis.call('HSET', KEYS[5], id, epoch)
    if known ~= epoch then redis.call('HDEL', KEYS[6], id) end
    if places == 0 then added = added + 1 else moved = moved + 1 end
  end
end
if added + moved > 0 then changed() end
return { added = added, moved = moved }
