local cjson = require("cjson")

local file = assert(io.open("orders.json"))
local orders = cjson.decode(file:read("*a"))
file:close()
local sum = 0
for _, o in ipairs(orders) do
  if o.paid then
    for _, l in ipairs(o.lines) do sum = sum + l.qty * l.cents end
  end
end
local written = cjson.encode(orders)
print(string.format("%d %d %d", #orders, sum, #written))
