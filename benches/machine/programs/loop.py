N = 100_000_000


def main():
    total = 0
    for i in range(N):
        total += i % 7
    print(total)


main()
