N, LIMIT = 800, 50


def stays(cr, ci):
    zr = zi = 0.0
    for _ in range(LIMIT):
        rr, ii = zr * zr, zi * zi
        if rr + ii > 4.0:
            return False
        zi = 2.0 * zr * zi + ci
        zr = rr - ii + cr
    return True


def main():
    inside = 0
    for y in range(N):
        ci = 2.0 * y / N - 1.0
        for x in range(N):
            cr = 2.0 * x / N - 1.5
            if stays(cr, ci):
                inside += 1
    print(inside)


main()
