from functools import reduce

N = 5_000_000

tripled = map(lambda x: x * 3, range(N))
even = filter(lambda x: x % 2 == 0, tripled)
short = map(lambda x: x % 1_000, even)
print(reduce(lambda total, x: total + x, short, 0))
