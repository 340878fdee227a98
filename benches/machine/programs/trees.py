N = 15


class Tree:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


def tree(depth):
    if depth == 0:
        return Tree(None, None)
    return Tree(tree(depth - 1), tree(depth - 1))


def nodes(t):
    if t.left is None:
        return 1
    return 1 + nodes(t.left) + nodes(t.right)


long_lived = tree(N)
for depth in range(4, N + 1, 4):
    rounds = 1 << (N - depth + 4)
    total = sum(nodes(tree(depth)) for _ in range(rounds))
    print(rounds, depth, total)
print(nodes(long_lived))
