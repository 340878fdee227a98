local N, LIMIT = 800, 50

local function stays(cr, ci)
  local zr, zi = 0.0, 0.0
  for _ = 1, LIMIT do
    local rr, ii = zr * zr, zi * zi
    if rr + ii > 4.0 then return false end
    zi = 2.0 * zr * zi + ci
    zr = rr - ii + cr
  end
  return true
end

local inside = 0
for y = 0, N - 1 do
  local ci = 2.0 * y / N - 1.0
  for x = 0, N - 1 do
    local cr = 2.0 * x / N - 1.5
    if stays(cr, ci) then inside = inside + 1 end
  end
end
print(inside)
