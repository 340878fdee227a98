N = 500


def a(i, j):
    return 1.0 / ((i + j) * (i + j + 1) * 0.5 + i + 1)


def times(v):
    return [sum(a(i, j) * v[j] for j in range(N)) for i in range(N)]


def transposed_times(v):
    return [sum(a(j, i) * v[j] for j in range(N)) for i in range(N)]


u = [1.0] * N
for _ in range(10):
    v = transposed_times(times(u))
    u = transposed_times(times(v))
uv = sum(x * y for x, y in zip(u, v))
vv = sum(y * y for y in v)
print(round((uv / vv) ** 0.5 * 1e9))
