local N = 300000

local SOLAR_MASS, DAYS = 39.47841760435743, 365.24

local function advance(all, steps, dt)
  for _ = 1, steps do
    for i = 1, 5 do
      local a = all[i]
      for j = i + 1, 5 do
        local b = all[j]
        local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        local square = dx * dx + dy * dy + dz * dz
        local magnitude = dt / (square * math.sqrt(square))
        local mass_a, mass_b = a.mass * magnitude, b.mass * magnitude
        a.vx = a.vx - dx * mass_b
        a.vy = a.vy - dy * mass_b
        a.vz = a.vz - dz * mass_b
        b.vx = b.vx + dx * mass_a
        b.vy = b.vy + dy * mass_a
        b.vz = b.vz + dz * mass_a
      end
    end
    for i = 1, 5 do
      local a = all[i]
      a.x = a.x + dt * a.vx
      a.y = a.y + dt * a.vy
      a.z = a.z + dt * a.vz
    end
  end
end

local function energy(all)
  local e = 0.0
  for i = 1, 5 do
    local a = all[i]
    e = e + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, 5 do
      local b = all[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      e = e - a.mass * b.mass / math.sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end

local bodies = {
  { x = 0, y = 0, z = 0,
    vx = 0, vy = 0, vz = 0,
    mass = SOLAR_MASS },
  { x = 4.84143144246472090, y = -1.16032004402742839, z = -1.03622044471123109e-1,
    vx = 1.66007664274403694e-3 * DAYS, vy = 7.69901118419740425e-3 * DAYS, vz = -6.90460016972063023e-5 * DAYS,
    mass = 9.54791938424326609e-4 * SOLAR_MASS },
  { x = 8.34336671824457987, y = 4.12479856412430479, z = -4.03523417114321381e-1,
    vx = -2.76742510726411236e-3 * DAYS, vy = 4.99852801234917238e-3 * DAYS, vz = 2.30417297573763929e-5 * DAYS,
    mass = 2.85885980666130812e-4 * SOLAR_MASS },
  { x = 1.28943695621391310e1, y = -1.51111514016986312e1, z = -2.23307578892655734e-1,
    vx = 2.96460137564761618e-3 * DAYS, vy = 2.37847173959480950e-3 * DAYS, vz = -2.96589568540237556e-5 * DAYS,
    mass = 4.36624404335156298e-5 * SOLAR_MASS },
  { x = 1.53796971148509165e1, y = -2.59193146099879641e1, z = 1.79258772950371181e-1,
    vx = 2.68067772490389322e-3 * DAYS, vy = 1.62824170038242295e-3 * DAYS, vz = -9.51592254519715870e-5 * DAYS,
    mass = 5.15138902046611451e-5 * SOLAR_MASS },
}

local x, y, z = 0.0, 0.0, 0.0
for i = 1, 5 do
  local b = bodies[i]
  x, y, z = x + b.vx * b.mass, y + b.vy * b.mass, z + b.vz * b.mass
end
bodies[1].vx, bodies[1].vy, bodies[1].vz = -x / SOLAR_MASS, -y / SOLAR_MASS, -z / SOLAR_MASS
print(math.floor(energy(bodies) * 1e9 + 0.5))
advance(bodies, N, 0.01)
print(math.floor(energy(bodies) * 1e9 + 0.5))
