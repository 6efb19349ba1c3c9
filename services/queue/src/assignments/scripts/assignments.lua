-- Which sessions are assigned to agents. Every script about assignments starts with this file and has these keys:
--   KEYS[1]  hash: session id -> agent id
--   KEYS[2]  set of the same session ids, derived from the hash, for readers that use SMEMBERS

-- An earlier release stored the hash under the name of the set.
local kind = redis.call('TYPE', KEYS[2]).ok
if kind == 'hash' and redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('RENAME', KEYS[2], KEYS[1])
elseif kind ~= 'set' and kind ~= 'none' then
  redis.call('DEL', KEYS[2])
end

-- Calls `handle` with up to 1000 of the list at a time: `unpack` has a limit.
local function in_parts(list, handle)
  for from = 1, #list, 1000 do
    handle(unpack(list, from, math.min(from + 999, #list)))
  end
end

local function rebuild_set()
  redis.call('DEL', KEYS[2])
  in_parts(redis.call('HKEYS', KEYS[1]), function(...) redis.call('SADD', KEYS[2], ...) end)
end

local function sizes_differ()
  return redis.call('SCARD', KEYS[2]) ~= redis.call('HLEN', KEYS[1])
end
