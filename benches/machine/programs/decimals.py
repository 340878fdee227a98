from decimal import Decimal

N = 1_000_000


def main():
    cent, rate = Decimal("0.01"), Decimal("0.19")
    total = taxes = Decimal(0)
    for i in range(N):
        price = Decimal(i * 7_919 % 100_000) / 100
        net = price * (i % 9 + 1)
        tax = (net * rate).quantize(cent)
        taxes += tax
        total += net + tax
    print(total.quantize(cent), taxes.quantize(cent))


main()
