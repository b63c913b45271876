"""What changed between two texts."""

from core.differences import Passage, Piece, compare, paragraphs


def told(passages: list[Passage]) -> list[str]:
    """Write passages in one line each: +added+, -removed-, unchanged."""
    marks = {"same": "", "added": "+", "removed": "-", "changed": "~"}

    def line(passage: Passage) -> str:
        if passage.skipped:
            return f"[{passage.skipped}]"
        return "".join(f"{marks[piece.kind]}{piece.text}{marks[piece.kind]}" for piece in passage.pieces)

    return [line(passage) for passage in passages]


class TestCompare:
    def test_says_nothing_of_equal_texts(self) -> None:
        assert compare("One.\n\n Two  words.", "One.\nTwo words.\n") == []

    def test_marks_words_inside_a_paragraph(self) -> None:
        assert told(compare("within seven days whether", "within ten days whether")) == [
            "within -seven-+ten+ days whether"
        ]

    def test_marks_whole_paragraphs(self) -> None:
        assert told(compare("A first one.\nA last one.", "A first one.\nSomething new.\nA last one.")) == [
            "A first one.",
            "+Something new.+",
            "A last one.",
        ]
        assert told(compare("Keep.\nDrop this.", "Keep.")) == ["Keep.", "-Drop this.-"]

    def test_does_not_mix_paragraphs_that_have_nothing_in_common(self) -> None:
        assert told(compare("alpha beta gamma delta", "one two three four")) == [
            "-alpha beta gamma delta-",
            "+one two three four+",
        ]

    def test_leaves_out_what_stayed_far_away(self) -> None:
        same = [f"Paragraph {n}." for n in range(10)]
        passages = compare("\n".join(same), "\n".join([*same, "The end."]))
        assert told(passages) == ["[9]", "Paragraph 9.", "+The end.+"]

    def test_gives_back_both_texts(self) -> None:
        """Nothing is lost: what stayed and went is the old text, what stayed and came the new one."""
        old, new = "a b c\nd e\nf", "a x c\nf\ng h"
        passages = compare(old, new, context=99)

        def side(kind: str) -> list[str]:
            kept = ("same", kind)
            lines = ["".join(piece.text for piece in p.pieces if piece.kind in kept) for p in passages]
            return [line for line in lines if line]

        assert side("removed") == paragraphs(old)
        assert side("added") == paragraphs(new)

    def test_pieces_are_in_the_order_of_reading(self) -> None:
        [passage] = compare("one two", "one three two")
        assert [piece.kind for piece in passage.pieces if piece.text.strip()] == ["same", "added", "same"]
        assert isinstance(passage.pieces[0], Piece)
