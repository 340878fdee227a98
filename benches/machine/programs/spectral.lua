local N = 500

local function a(i, j)
  return 1 / ((i + j) * (i + j + 1) * 0.5 + i + 1)
end

local function times(v)
  local out = {}
  for i = 0, N - 1 do
    local sum = 0.0
    for j = 0, N - 1 do sum = sum + a(i, j) * v[j + 1] end
    out[i + 1] = sum
  end
  return out
end

local function transposed_times(v)
  local out = {}
  for i = 0, N - 1 do
    local sum = 0.0
    for j = 0, N - 1 do sum = sum + a(j, i) * v[j + 1] end
    out[i + 1] = sum
  end
  return out
end

local u, v = {}, nil
for i = 1, N do u[i] = 1.0 end
for _ = 1, 10 do
  v = transposed_times(times(u))
  u = transposed_times(times(v))
end
local uv, vv = 0.0, 0.0
for i = 1, N do
  uv = uv + u[i] * v[i]
  vv = vv + v[i] * v[i]
end
print(math.floor(math.sqrt(uv / vv) * 1e9 + 0.5))
