local N = 15

local function tree(depth)
  if depth == 0 then return {} end
  return { left = tree(depth - 1), right = tree(depth - 1) }
end

local function nodes(t)
  if not t.left then return 1 end
  return 1 + nodes(t.left) + nodes(t.right)
end

local long_lived = tree(N)
for depth = 4, N, 4 do
  local rounds, total = math.floor(2 ^ (N - depth + 4)), 0
  for _ = 1, rounds do total = total + nodes(tree(depth)) end
  print(rounds .. " " .. depth .. " " .. total)
end
print(nodes(long_lived))
