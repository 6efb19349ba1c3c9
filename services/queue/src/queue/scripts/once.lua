-- Runs a change at most once: a repeat of an operation id gets the first result. KEYS[8] holds that result for a while.
local first = redis.call('GET', KEYS[8])
if first then return first end

local function change()
--[[change]]
end

local result = cjson.encode(change())
redis.call('SET', KEYS[8], result, 'PX', 60000)
return result
