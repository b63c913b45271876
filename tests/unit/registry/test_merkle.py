"""The Merkle tree: known vectors of RFC 6962 and 9162, and every proof of random trees."""

import random
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.log import merkle

# The eight leaves of the reference implementation's tests of RFC 6962, and the roots after each of them.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = [  # (index, size, path)
    (0, 1, []),
    (0, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (5, 8, [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
]  # fmt: skip


def naive(leaves: list[bytes]) -> bytes:
    """The definition of section 2.1.1, word by word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return merkle.node_hash(naive(leaves[:k]), naive(leaves[k:]))


def grown(leaves: list[bytes]) -> tuple[merkle.Tree, dict[merkle.Node, bytes]]:
    tree, nodes = merkle.Tree(), {}
    for leaf in leaves:
        nodes.update(tree.add(leaf))
    return tree, nodes


def some(count: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % n) for n in range(count)]


class TestTree:
    @pytest.mark.parametrize("size", range(1, 9))
    def test_has_the_known_roots(self, size):
        assert merkle.root_of(map(merkle.leaf_hash, LEAVES[:size])).hex() == ROOTS[size - 1]

    def test_is_the_hash_of_nothing_when_empty(self):
        assert merkle.Tree().root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @pytest.mark.parametrize("size", [*range(70), 127, 128, 129, 1000])
    def test_agrees_with_the_definition(self, size):
        assert merkle.root_of(some(size)) == naive(some(size))

    @pytest.mark.parametrize("size", [1, 2, 7, 64, 100])
    def test_goes_on_from_its_peaks(self, size):
        _tree, nodes = grown(some(size))
        again = merkle.Tree(size, [nodes[node] for node in merkle.cover(0, size)])
        for leaf in some(size + 30)[size:]:
            again.add(leaf)
        assert again.root == naive(some(size + 30))


class TestInclusion:
    @pytest.mark.parametrize(("index", "size", "path"), PATHS)
    def test_has_the_known_paths(self, index, size, path):
        leaves = [merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]
        found = merkle.hashes(merkle.inclusion_spans(index, size), grown(leaves)[1])
        assert [hash_.hex() for hash_ in found] == path
        assert merkle.verify_inclusion(leaves[index], index, size, found, bytes.fromhex(ROOTS[size - 1]))

    def test_proves_every_leaf_of_every_small_tree_and_no_other_place(self):
        _tree, nodes = grown(some(40))
        for size in range(1, 41):
            root = naive(some(size))
            for index in range(size):
                path = merkle.hashes(merkle.inclusion_spans(index, size), nodes)
                proved = [
                    n for n in range(-1, size + 2) if merkle.verify_inclusion(some(40)[index], n, size, path, root)
                ]
                assert proved == [index]

    @settings(deadline=None, max_examples=200)
    @given(st.integers(1, 3000), st.data())
    def test_is_refused_when_anything_is_changed(self, size, data):
        index = data.draw(st.integers(0, size - 1))
        leaves = some(size)
        tree, nodes = grown(leaves)
        path = merkle.hashes(merkle.inclusion_spans(index, size), nodes)
        assert merkle.verify_inclusion(leaves[index], index, size, path, tree.root)
        assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, path, tree.root)
        assert not merkle.verify_inclusion(leaves[index], index, size, [*path, tree.root], tree.root)
        assert not merkle.verify_inclusion(leaves[index], index, size, path, merkle.EMPTY)
        for step in range(len(path)):
            wrong = [*path]
            wrong[step] = merkle.leaf_hash(wrong[step])
            assert not merkle.verify_inclusion(leaves[index], index, size, wrong, tree.root)
            assert not merkle.verify_inclusion(leaves[index], index, size, path[:step], tree.root)

    def test_is_at_most_640_bytes_for_a_million_leaves(self):
        longest = max(len(merkle.inclusion_spans(random.Random(n).randrange(10**6), 10**6)) for n in range(500))
        assert longest * 32 <= 640


class TestConsistency:
    def test_proves_every_pair_of_small_trees_and_no_other_root(self):
        _tree, nodes = grown(some(40))
        roots = [naive(some(size)) for size in range(41)]
        for new in range(41):
            for old in range(new + 1):
                path = merkle.hashes(merkle.consistency_spans(old, new), nodes)
                assert merkle.verify_consistency(old, new, path, roots[old], roots[new])
                assert not merkle.verify_consistency(old, new, path, merkle.leaf_hash(roots[old]), roots[new])
                if old:
                    assert not merkle.verify_consistency(old, new, path, roots[old], merkle.leaf_hash(roots[new]))

    @settings(deadline=None, max_examples=200)
    @given(st.integers(1, 2000), st.data())
    def test_is_refused_when_the_past_was_rewritten(self, new, data):
        old = data.draw(st.integers(1, new))
        changed = data.draw(st.integers(0, old - 1))
        leaves = some(new)
        tree, nodes = grown(leaves)
        path = merkle.hashes(merkle.consistency_spans(old, new), nodes)
        old_root = merkle.root_of(leaves[:old])
        assert merkle.verify_consistency(old, new, path, old_root, tree.root)
        rewritten = [*leaves]
        rewritten[changed] = merkle.leaf_hash(b"rewritten")
        other, other_nodes = grown(rewritten)
        forged = merkle.hashes(merkle.consistency_spans(old, new), other_nodes)
        assert not merkle.verify_consistency(old, new, forged, old_root, other.root)
        assert not merkle.verify_consistency(old, new, [*path, tree.root], old_root, tree.root)
        assert not path or not merkle.verify_consistency(old, new, path[:-1], old_root, tree.root)

    @pytest.mark.parametrize(("old", "new"), [(5, 3), (-1, 3)])
    def test_is_refused_for_impossible_sizes(self, old, new):
        assert not merkle.verify_consistency(old, new, [], merkle.EMPTY, merkle.EMPTY)

    def test_is_refused_when_the_empty_past_has_a_root(self):
        assert not merkle.verify_consistency(0, 3, [], naive(some(1)), naive(some(3)))
        assert not merkle.verify_consistency(2, 3, [], naive(some(2)), naive(some(3)))
