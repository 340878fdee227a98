N = 10


def main():
    order, turned, count = list(range(N)), [0] * N, [0] * N
    most, total, sign, r = 0, 0, 1, N
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        if order[0] != 0:
            turned[:] = order
            flips, first = 0, turned[0]
            while first != 0:
                low, high = 1, first - 1
                while low < high:
                    turned[low], turned[high] = turned[high], turned[low]
                    low += 1
                    high -= 1
                after = turned[first]
                turned[first] = first
                first = after
                flips += 1
            if flips > most:
                most = flips
            total += sign * flips
        sign = -sign
        while True:
            if r == N:
                print(total, most)
                return
            head = order[0]
            for i in range(r):
                order[i] = order[i + 1]
            order[r] = head
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1


main()
