local N = 2000000

local words = {}
for i = 0, N - 1 do words[i + 1] = "word" .. i * 7919 % 100003 end
local line = table.concat(words, " ")
local length, seven = 0, 0
for word in line:gmatch("[^ ]+") do
  length = length + #word
  if word:sub(-1) == "7" then seven = seven + 1 end
end
print(#line .. " " .. length .. " " .. seven)
