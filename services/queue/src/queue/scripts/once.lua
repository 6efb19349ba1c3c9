-- Applies a change at most once: a retry with the same operation id gets the first result. KEYS[8] keeps that result
-- for a minute.
local first = redis.call('GET', KEYS[8])
if first then return first end

local function change()
--[[change]]
end

local result = cjson.encode(change())
redis.call('SET', KEYS[8], result, 'PX', 60000)
return result
