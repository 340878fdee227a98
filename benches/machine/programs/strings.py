N = 2_000_000


def main():
    words = []
    for i in range(N):
        words.append(f"word{i * 7919 % 100_003}")
    line = " ".join(words)
    length = seven = 0
    for word in line.split(" "):
        length += len(word)
        if word.endswith("7"):
            seven += 1
    print(len(line), length, seven)


main()
