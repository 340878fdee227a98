local N = 10000000

local prime = {}
for i = 0, N do prime[i] = true end
local i = 2
while i * i <= N do
  if prime[i] then
    for k = i * i, N, i do prime[k] = false end
  end
  i = i + 1
end
local count = 0
for k = 2, N do
  if prime[k] then count = count + 1 end
end
print(count)
