-- Adds waiting sessions to the queue. ARGV, for each session: mode, id, epoch, priority, start, metadata.
-- KEYS[9], KEYS[10]: the sessions that have left, see left_of. Modes:
--   keep     A session that is queued with this epoch or a newer one stays where it is. Only the epoch is checked: a
--            session that a fault has left without one is added again, and the reconciler finds both copies.
--   correct  Postgres decides: a queued session with another priority or start is moved, and one that has left since
--            Postgres was read is not put back.
-- A session never returns to an older epoch. A session that is given twice is decided twice, in order. Returns for
-- each: 'added', 'moved' or 'kept'. All sessions are read together and written together, so a hundred cost few more
-- calls than one.
local ids, thorough = every(6, 2), false
for at = 1, #ARGV, 6 do
  if ARGV[at] == 'correct' then thorough = true end
end
local waits = waits_of(ids, thorough)
local left = thorough and left_of(KEYS[9], KEYS[10], ids)
local becomes, results, any = {}, {}, false

for item, id in ipairs(ids) do
  local at = (item - 1) * 6
  local mode, epoch = ARGV[at + 1], tonumber(ARGV[at + 3])
  local priority, start = tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  local wait = becomes[id] or waits[id]
  local settled = wait.copies > 0 and wait.epoch == epoch
    and (mode == 'keep' or (wait.copies == 1 and wait[priority] == start))
  local outdated = wait.copies > 0 and wait.epoch > epoch
  if settled or outdated or (mode == 'correct' and left[id] >= epoch) then
    results[item] = 'kept'
  else
    results[item] = wait.copies == 0 and 'added' or 'moved'
    -- The same wait, moved: whether its customer is away has not changed.
    local away = wait.away and wait.epoch == epoch
    becomes[id] = { [priority] = start, copies = 1, epoch = epoch, at = at, away = away }
    any = true
  end
end

local metadata, epochs, reservations = {}, {}, {}
local leaves, joins = { {}, {}, {} }, { {}, {}, {} }
for id, wait in pairs(becomes) do
  local before = waits[id]
  for priority = 0, 2 do
    if wait[priority] then
      append_pair(joins[priority + 1], wait.away and exact(wait[priority] + AWAY) or ARGV[wait.at + 5], id)
    elseif before.copies > 0 then
      append(leaves[priority + 1], id)
    end
  end
  append_pair(metadata, id, ARGV[wait.at + 6])
  append_pair(epochs, id, ARGV[wait.at + 3])
  if before.epoch ~= wait.epoch then append(reservations, id) end
end
for priority = 1, 3 do
  with('ZREM', KEYS[priority], leaves[priority])
  with('ZADD', KEYS[priority], joins[priority])
end
with('HSET', KEYS[4], metadata)
with('HSET', KEYS[5], epochs)
with('HDEL', KEYS[6], reservations)
if any then changed() end
return results
