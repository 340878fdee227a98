N = 300_000

SOLAR_MASS, DAYS = 39.47841760435743, 365.24


class Body:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.x, self.y, self.z = x, y, z
        self.vx, self.vy, self.vz = vx, vy, vz
        self.mass = mass


def advance(bodies, steps, dt):
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1 :]]
    for _ in range(steps):
        for a, b in pairs:
            dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            square = dx * dx + dy * dy + dz * dz
            magnitude = dt / (square * square**0.5)
            mass_a, mass_b = a.mass * magnitude, b.mass * magnitude
            a.vx -= dx * mass_b
            a.vy -= dy * mass_b
            a.vz -= dz * mass_b
            b.vx += dx * mass_a
            b.vy += dy * mass_a
            b.vz += dz * mass_a
        for a in bodies:
            a.x += dt * a.vx
            a.y += dt * a.vy
            a.z += dt * a.vz


def energy(bodies):
    e = 0.0
    for i, a in enumerate(bodies):
        e += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
        for b in bodies[i + 1 :]:
            dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            e -= a.mass * b.mass / (dx * dx + dy * dy + dz * dz) ** 0.5
    return e


bodies = [
    Body(
        0,
        0,
        0,
        0,
        0,
        0,
        SOLAR_MASS,
    ),
    Body(
        4.84143144246472090,
        -1.16032004402742839,
        -1.03622044471123109e-1,
        1.66007664274403694e-3 * DAYS,
        7.69901118419740425e-3 * DAYS,
        -6.90460016972063023e-5 * DAYS,
        9.54791938424326609e-4 * SOLAR_MASS,
    ),
    Body(
        8.34336671824457987,
        4.12479856412430479,
        -4.03523417114321381e-1,
        -2.76742510726411236e-3 * DAYS,
        4.99852801234917238e-3 * DAYS,
        2.30417297573763929e-5 * DAYS,
        2.85885980666130812e-4 * SOLAR_MASS,
    ),
    Body(
        1.28943695621391310e1,
        -1.51111514016986312e1,
        -2.23307578892655734e-1,
        2.96460137564761618e-3 * DAYS,
        2.37847173959480950e-3 * DAYS,
        -2.96589568540237556e-5 * DAYS,
        4.36624404335156298e-5 * SOLAR_MASS,
    ),
    Body(
        1.53796971148509165e1,
        -2.59193146099879641e1,
        1.79258772950371181e-1,
        2.68067772490389322e-3 * DAYS,
        1.62824170038242295e-3 * DAYS,
        -9.51592254519715870e-5 * DAYS,
        5.15138902046611451e-5 * SOLAR_MASS,
    ),
]

bodies[0].vx, bodies[0].vy, bodies[0].vz = (
    -sum(getattr(b, v) * b.mass for b in bodies) / SOLAR_MASS for v in ("vx", "vy", "vz")
)
print(round(energy(bodies) * 1e9))
advance(bodies, N, 0.01)
print(round(energy(bodies) * 1e9))
