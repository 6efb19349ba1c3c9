-- Puts waiting sessions in line. ARGV: for each: mode, id, epoch, level, start, metadata.
-- KEYS[9], KEYS[10]: who has left, see left_of.
--   keep     a session that is in line with this epoch or a newer one stays where it is
--            by its epoch: should a fault have left it in a level without one, a comparison finds it in two
--   correct  as the record has it: one that is in line at another place is moved; one that has left since is not put back
-- A session never goes back to an older epoch. One that comes twice is decided twice, in order. Returns for each:
-- 'added', 'moved' or 'kept'. What is known of all is read together and what becomes of all is written together, so
-- that a hundred cost little more calls than one.
local ids, thorough = every(6, 2), false
for at = 1, #ARGV, 6 do
  if ARGV[at] == 'correct' then thorough = true end
end
local waits = waits_of(ids, thorough)
local left = thorough and left_of(KEYS[9], KEYS[10], ids)
local becomes, results, any = {}, {}, false

for item, id in ipairs(ids) do
  local at = (item - 1) * 6
  local mode, epoch, level, start = ARGV[at + 1], tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  local wait = becomes[id] or waits[id]
  local settled = wait.places > 0 and wait.epoch == epoch
    and (mode == 'keep' or (wait.places == 1 and wait[level] == start))
  local outdated = wait.places > 0 and wait.epoch > epoch
  if settled or outdated or (mode == 'correct' and left[id] >= epoch) then
    results[item] = 'kept'
  else
    results[item] = wait.places == 0 and 'added' or 'moved'
    -- Another place of the same wait: whether the customer is there has not changed with it.
    local away = wait.away and wait.epoch == epoch
    becomes[id] = { [level] = start, places = 1, epoch = epoch, at = at, away = away }
    any = true
  end
end

local metadata, epochs, claims = {}, {}, {}
local leaves, joins = { {}, {}, {} }, { {}, {}, {} }
for id, wait in pairs(becomes) do
  local before = waits[id]
  for level = 0, 2 do
    if wait[level] then
      append_pair(joins[level + 1], wait.away and exact(wait[level] + AWAY) or ARGV[wait.at + 5], id)
    elseif before.places > 0 then
      append(leaves[level + 1], id)
    end
  end
  append_pair(metadata, id, ARGV[wait.at + 6])
  append_pair(epochs, id, ARGV[wait.at + 3])
  if before.epoch ~= wait.epoch then append(claims, id) end
end
for level = 1, 3 do
  with('ZREM', KEYS[level], leaves[level])
  with('ZADD', KEYS[level], joins[level])
end
with('HSET', KEYS[4], metadata)
with('HSET', KEYS[5], epochs)
with('HDEL', KEYS[6], claims)
if any then changed() end
return results
