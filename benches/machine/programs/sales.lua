local sums, order, rows = {}, {}, 0
local file = assert(io.open("sales.csv"))
file:read("*l")
for line in file:lines() do
  local fields, n = {}, 0
  for field in line:gmatch("[^,]+") do
    n = n + 1
    fields[n] = field
  end
  local shop = fields[3]
  if not sums[shop] then
    sums[shop] = 0
    order[#order + 1] = shop
  end
  sums[shop] = sums[shop] + tonumber(fields[5])
  rows = rows + 1
end
file:close()
table.sort(order, function(a, b) return sums[a] > sums[b] end)
print(rows .. " " .. #order .. " " .. order[1] .. " " .. sums[order[1]])
