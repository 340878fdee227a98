local N = 300000

local orders, seed = {}, 42
for id = 0, N - 1 do
  seed = seed * 48271 % 2147483647
  local status = seed % 3 == 0 and "open" or seed % 3 == 1 and "paid" or "late"
  orders[id + 1] = { id = id, customer = seed % 1009, status = status, cents = seed % 100000 }
end

local groups, report = {}, {}
for _, o in ipairs(orders) do
  if o.status ~= "paid" and o.cents > 500 then
    local g = groups[o.customer]
    if not g then
      g = { customer = o.customer, n = 0, cents = 0, largest = 0 }
      groups[o.customer] = g
      report[#report + 1] = g
    end
    g.n = g.n + 1
    g.cents = g.cents + o.cents
    if o.cents > g.largest then g.largest = o.cents end
  end
end
table.sort(report, function(a, b) return a.cents > b.cents end)
for i = 1, 5 do
  local r = report[i]
  print(r.customer .. " " .. r.n .. " " .. r.cents .. " " .. r.largest)
end

local late = {}
for _, o in ipairs(orders) do
  if o.status == "late" then late[#late + 1] = o end
end
table.sort(late, function(a, b)
  if a.cents ~= b.cents then return a.cents < b.cents end
  return a.id < b.id
end)
local sum = 0
for _, o in ipairs(late) do sum = sum + o.cents end
print(#late .. " " .. late[1].id .. " " .. sum)
