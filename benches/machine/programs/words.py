N = 30


def main():
    picked, seed = [], 42
    for _ in range(200_000):
        seed = seed * 48_271 % 2_147_483_647
        picked.append(f"w{seed % 5_000}")
    line = " ".join(picked)
    counts = {}
    for _ in range(N):
        for word in line.split(" "):
            counts[word] = counts.get(word, 0) + 1
    most, word_of_most = 0, ""
    for word, count in counts.items():
        if count > most:
            most, word_of_most = count, word
    print(len(counts), word_of_most, most)


main()
