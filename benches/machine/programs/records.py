N = 300_000


class Order:
    __slots__ = ("id", "customer", "status", "cents")

    def __init__(self, id, customer, status, cents):
        self.id, self.customer, self.status, self.cents = id, customer, status, cents


def main():
    orders, seed = [], 42
    for id in range(N):
        seed = seed * 48_271 % 2_147_483_647
        status = ("open", "paid", "late")[seed % 3]
        orders.append(Order(id, seed % 1_009, status, seed % 100_000))

    groups = {}
    for o in orders:
        if o.status != "paid" and o.cents > 500:
            g = groups.setdefault(o.customer, [o.customer, 0, 0, 0])
            g[1] += 1
            g[2] += o.cents
            g[3] = max(g[3], o.cents)
    report = sorted(groups.values(), key=lambda g: g[2], reverse=True)
    for r in report[:5]:
        print(*r)

    late = sorted((o for o in orders if o.status == "late"), key=lambda o: o.cents)
    print(len(late), late[0].id, sum(o.cents for o in late))


main()
