local N = 10

local order, turned, count = {}, {}, {}
for i = 0, N - 1 do order[i], turned[i], count[i] = i, 0, 0 end
local most, sum, sign, r = 0, 0, 1, N
local going = true
while going do
  while r ~= 1 do
    count[r - 1] = r
    r = r - 1
  end
  if order[0] ~= 0 then
    for i = 0, N - 1 do turned[i] = order[i] end
    local flips, first = 0, turned[0]
    while first ~= 0 do
      local low, high = 1, first - 1
      while low < high do
        turned[low], turned[high] = turned[high], turned[low]
        low, high = low + 1, high - 1
      end
      local next = turned[first]
      turned[first] = first
      first = next
      flips = flips + 1
    end
    if flips > most then most = flips end
    sum = sum + sign * flips
  end
  sign = -sign
  while true do
    if r == N then
      going = false
      break
    end
    local head = order[0]
    for i = 0, r - 1 do order[i] = order[i + 1] end
    order[r] = head
    count[r] = count[r] - 1
    if count[r] > 0 then break end
    r = r + 1
  end
end
print(sum .. " " .. most)
