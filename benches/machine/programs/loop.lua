local N = 100000000

local sum = 0
for i = 0, N - 1 do sum = sum + i % 7 end
print(sum)
