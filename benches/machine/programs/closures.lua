local N = 5000000

local function map(list, f)
  local out = {}
  for i = 1, #list do out[i] = f(list[i]) end
  return out
end

local function filter(list, f)
  local out, n = {}, 0
  for i = 1, #list do
    if f(list[i]) then
      n = n + 1
      out[n] = list[i]
    end
  end
  return out
end

local function reduce(list, sofar, f)
  for i = 1, #list do sofar = f(sofar, list[i]) end
  return sofar
end

local numbers = {}
for i = 1, N do numbers[i] = i - 1 end
local tripled = map(numbers, function(x) return x * 3 end)
local even = filter(tripled, function(x) return x % 2 == 0 end)
local short = map(even, function(x) return x % 1000 end)
print(reduce(short, 0, function(sum, x) return sum + x end))
