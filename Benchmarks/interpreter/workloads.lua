-- Pure Lua work by name, each some tenths of a second in stock Lua. The same file runs there and in a plugin.
local workloads = {}

local line = "cpu12 3357 0 4313 1362393 12 0 34 5 0 0"
local stat = (line .. "\n"):rep(200)
local meminfo = ("MemTotal:       16314296 kB\nMemFree:         1234567 kB\nHugePages_Total:       0\n"):rep(100)

workloads["string parsing"] = function()
  for _ = 1, 800 do
    for row in stat:gmatch("[^\n]+") do
      local name, user, nice, system = row:match("^(%w+) (%d+) (%d+) (%d+)")
      assert(name and tonumber(user) + tonumber(nice) + tonumber(system) > 0)
    end
  end
end

workloads["table building"] = function()
  for i = 1, 250 do
    local rows, byName = {}, {}
    for j = 1, 500 do
      local row = { name = "eth" .. j, value = i * j, labels = { "a", "b" } }
      rows[#rows + 1] = row
      byName[row.name] = row
    end
    table.sort(rows, function(a, b) return a.value > b.value end)
    assert(byName.eth7 == rows[#rows - 6])
  end
end

workloads["arithmetic"] = function()
  local sum, x = 0, 1
  for i = 1, 8e6 do
    x = (x * 1103515245 + 12345) & 0x7fffffff
    sum = sum + x / 3 - i // 7
  end
  return sum
end

workloads["function calls"] = function()
  local function fibonacci(n) return n < 2 and n or fibonacci(n - 1) + fibonacci(n - 2) end
  assert(fibonacci(32) == 2178309)
end

workloads["coroutines"] = function()
  for _ = 1, 250 do
    local next_value = coroutine.wrap(function() for i = 1, 4000 do coroutine.yield(i) end end)
    for i = 1, 4000 do assert(next_value() == i) end
  end
end

workloads["protected calls"] = function()
  local function work(a, b) return a + b end
  for i = 1, 1.5e6 do assert(select(2, pcall(work, i, 1)) == i + 1) end
end

workloads["patterns"] = function()
  for _ = 1, 150 do
    for key, value, unit in meminfo:gmatch("([%w_()]+):%s+(%d+) ?(%a*)\n") do assert(key and value and unit) end
    local replaced, count = stat:gsub("%d+", function(digits) return digits + 1 end)
    assert(count == 2200 and #replaced > 0)
    assert(meminfo:find("HugePages_Total:%s+0", #meminfo // 2))
    assert(not stat:find("softirq", 1, true) and stat:gsub("%s+$", ""))
  end
end

workloads["strings"] = function()
  for _ = 1, 150 do
    local parts = {}
    for i = 1, 1000 do parts[i] = ("%s_%d=%.3f"):format("value", i, i / 7):upper():sub(2, -2) .. i end
    assert(#table.concat(parts, ",") > 10000)
  end
end

-- Calls `report(name, seconds)` with the quickest of some runs of each.
return function(rounds, report)
  local names = {}
  for name in pairs(workloads) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local best = math.huge
    for _ = 1, rounds do
      local start = os.clock()
      workloads[name]()
      best = math.min(best, os.clock() - start)
    end
    report(name, best)
  end
end
