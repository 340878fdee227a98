import csv


def main():
    sums, rows = {}, 0
    with open("sales.csv", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for _, _, shop, _, cents, _ in reader:
            sums[shop] = sums.get(shop, 0) + int(cents)
            rows += 1
    best = sorted(sums, key=lambda shop: sums[shop], reverse=True)
    print(rows, len(sums), best[0], sums[best[0]])


main()
