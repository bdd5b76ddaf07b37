from __future__ import annotations

import time

from curation.outputs import find_labels

LABELS = (
    "Home > Kitchen > Pans", "Home > Kitchen > Pan Lids", "Home > Kitchen", "Home > Garden > Pots",
    "Toys > Kitchen Toys > Toy Pans", "Toys > Dolls",
)  # fmt: skip


def test_words_are_found_in_any_order_and_the_last_level_comes_first() -> None:
    assert find_labels(LABELS, "pan").labels == (
        "Home > Kitchen > Pans", "Home > Kitchen > Pan Lids", "Toys > Kitchen Toys > Toy Pans",
    )  # fmt: skip
    assert find_labels(LABELS, "PANS kitchen home").labels == ("Home > Kitchen > Pans",)
    assert find_labels(LABELS, "kitchen").labels[0] == "Home > Kitchen"
    assert find_labels(LABELS, "saucer") == find_labels(LABELS, "saucer", limit=1)
    assert find_labels(LABELS, "saucer").total == 0


def test_the_tree_is_walked_branch_by_branch_with_its_counts() -> None:
    top = find_labels(LABELS)
    assert [(group.path, group.count) for group in top.groups] == [("Home", 4), ("Toys", 2)]
    home = find_labels(LABELS, under="Home")
    assert [(group.path, group.count) for group in home.groups] == [
        ("Home > Kitchen", 3),
        ("Home > Garden", 1),
    ]
    assert home.total == 4
    kitchen = find_labels(LABELS, under="Home > Kitchen")
    assert kitchen.labels == LABELS[:3]
    assert kitchen.groups == ()


def test_another_sign_between_levels_is_found_and_a_flat_set_has_no_branches() -> None:
    slashed = tuple(label.replace(" > ", "/") for label in LABELS)
    found = find_labels(slashed, under="Home > Kitchen", words="lids")
    assert found.labels == ("Home/Kitchen/Pan Lids",)
    assert find_labels(("billing", "app", "card/top-up")).groups == ()


def test_a_limit_cuts_the_list_and_leaves_the_total() -> None:
    found = find_labels(LABELS, limit=2)
    assert (len(found.labels), found.total) == (2, 6)


def test_5600_labels_are_searched_in_ten_milliseconds() -> None:
    labels = [f"Shop {a} > Shelf {b} > Board {c} > Thing {a * b * c}"
              for a in range(20) for b in range(20) for c in range(14)]  # fmt: skip
    find_labels(labels, "warm")
    spent = []
    for number in range(20):
        began = time.process_time()
        found = find_labels(list(map(str, labels)), f"thing shelf {number}", under="Shop 3", limit=50)
        spent.append(time.process_time() - began)
    assert found.labels
    assert sorted(spent)[10] < 0.01
