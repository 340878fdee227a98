local N = 30

local picked, seed = {}, 42
for i = 1, 200000 do
  seed = seed * 48271 % 2147483647
  picked[i] = "w" .. seed % 5000
end
local line = table.concat(picked, " ")

local counts, order = {}, {}
for _ = 1, N do
  for word in line:gmatch("[^ ]+") do
    local count = counts[word]
    if not count then
      count = 0
      order[#order + 1] = word
    end
    counts[word] = count + 1
  end
end
local most, word_of_most = 0, ""
for _, word in ipairs(order) do
  if counts[word] > most then most, word_of_most = counts[word], word end
end
print(#order .. " " .. word_of_most .. " " .. most)
