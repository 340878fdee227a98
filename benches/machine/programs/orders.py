import json

with open("orders.json") as file:
    orders = json.load(file)
total = 0
for o in orders:
    if o["paid"]:
        for line in o["lines"]:
            total += line["qty"] * line["cents"]
written = json.dumps(orders, separators=(",", ":"))
print(len(orders), total, len(written))
