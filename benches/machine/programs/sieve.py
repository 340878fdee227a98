N = 10_000_000


def main():
    prime = [True] * (N + 1)
    i = 2
    while i * i <= N:
        if prime[i]:
            for k in range(i * i, N + 1, i):
                prime[k] = False
        i += 1
    count = 0
    for k in range(2, N + 1):
        if prime[k]:
            count += 1
    print(count)


main()
