from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.fields.kinds.amount_locale import WESTERN
from inkfield.pipeline.fields.kinds.amount_reading import read_amount, read_amount_words, score_amounts
from inkfield.pipeline.fields.kinds.joint_amount import joint_amount, read_joint_amount
from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.ctc.output import CTCOutput

D = Decimal


def written(text: str, doubt: dict[int, str] | None = None, columns_each: int = 4) -> CTCOutput:
    """The output of a network that read ``text``, and at some places another character nearly as well."""
    columns = np.full((columns_each * (len(text) + 1), len(DEFAULT)), 1e-4)
    columns[:, 0] = 1.0
    for i, label in enumerate(DEFAULT.encode(text)):
        at = columns_each * (i + 1) - 1
        columns[at, label] = 0.7
        columns[at, 0] = 0.002
        if doubt and i in doubt:
            columns[at, DEFAULT.encode(doubt[i])[0]] = 0.9
    return CTCOutput(np.log(columns / columns.sum(1, keepdims=True)).astype(np.float32), DEFAULT)


def test_the_value_that_both_sides_support_wins():
    courtesy = [("7,000/-", D(7000), -0.4), ("1,000/-", D(1000), -1.2)]
    legal = [("One thousand", D(1000), -0.8), ("Nine thousand", D(9000), -0.7)]
    joint = joint_amount(courtesy, legal)
    assert joint.value == 1000
    assert joint.candidates[0].supported_by == ("courtesy", "legal")
    assert not joint.disagreement


def test_two_sure_and_different_sides_disagree():
    joint = joint_amount([("25000000/-", D(25000000), -0.1)], [("Twenty five lacks", D(2500000), -0.1)],
                         lambda v: np.where(np.array(v) == 25000000, -0.1, -60.0),
                         lambda v: np.where(np.array(v) == 2500000, -0.1, -60.0))  # fmt: skip
    assert joint.disagreement
    assert joint.value is None


def test_that_nothing_fits_well_does_not_hide_a_disagreement():
    # So far under the free text that every probability vanishes but that of none of these.
    joint = joint_amount([("", D(7), -900.0)], [("", D(9), -900.0)],
                         lambda v: np.where(np.array(v) == 7, -900.0, -960.0),
                         lambda v: np.where(np.array(v) == 9, -900.0, -960.0), -1.0, -1.0)  # fmt: skip
    assert joint.none_probability == 1.0
    assert joint.disagreement


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(-900, 0), min_size=3, max_size=3), st.lists(st.floats(-900, 0), min_size=3, max_size=3)
)
def test_a_disagreement_is_exactly_what_two_values_explain_better(courtesy, legal):
    values = [D(1), D(2), D(3)]
    sides = [[("", v, s) for v, s in zip(values, side, strict=True)] for side in (courtesy, legal)]
    by_value = [dict(zip(values, side, strict=True)) for side in (courtesy, legal)]
    joint = joint_amount(
        *sides, *[lambda vs, known=known: np.array([known[v] for v in vs]) for known in by_value]
    )
    same = [by_value[0][v] + by_value[1][v] + 7.0 for v in values]
    apart = np.logaddexp.reduce([by_value[0][v] + by_value[1][w] for v in values for w in values if v != w])
    known = {c.value for c in joint.candidates}
    if len(known) == 3:  # else values too far under the best are left out
        assert np.isclose(joint.agreement, np.exp(max(same) - np.logaddexp(max(same), apart)), atol=1e-9)
    assert joint.own == (values[int(np.argmax(courtesy))], values[int(np.argmax(legal))])


def test_a_side_without_ink_leaves_the_other_to_speak():
    joint = joint_amount([("500/-", D(500), -0.2)], [])
    assert joint.value == 500
    assert joint.candidates[0].supported_by == ("courtesy",)
    assert joint_amount([], []).none_probability == 1.0


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.just(""), st.sampled_from([D(1), D(2), D(3)]), st.floats(-60, 0)), max_size=5),
    st.lists(st.tuples(st.just(""), st.sampled_from([D(2), D(3), D(4)]), st.floats(-60, 0)), max_size=5),
)
def test_probabilities_add_up_to_one(courtesy, legal):
    joint = joint_amount(courtesy, legal)
    total = sum(c.probability for c in joint.candidates) + joint.disagree_probability + joint.none_probability
    assert np.isclose(total, 1.0)


def test_reads_amounts_in_figures_and_words():
    assert read_amount(written("1,25,000/-"))[0].value == 125000
    assert read_amount_words(written("Fourty Four lakh twenty thousand"))[0].value == 4420000
    assert read_amount(written("$1,234.56"), WESTERN)[0].value == D("1234.56")
    assert read_amount_words(written("Two Hundred and 45/100"), WESTERN)[0].value == D("200.45")


def test_a_doubtful_figure_is_settled_by_the_words():
    courtesy, legal = written("7,25,000/-", {0: "1"}), written("Seven lakh twenty five thousand")
    assert read_amount(courtesy)[0].value == 125000
    joint, _, _ = read_joint_amount([courtesy], legal)
    assert joint.value == 725000
    assert joint.probability > 0.9


def test_figures_and_words_that_differ_are_reported():
    joint, _, _ = read_joint_amount([written("2,50,000/-")], written("Twenty five thousand only"))
    assert joint.disagreement


def test_a_value_that_no_list_holds_is_scored_all_the_same():
    likely, unlikely = score_amounts(written("1,25,000/-"), [D(125000), D(725000)])
    assert likely > unlikely > -np.inf


def test_no_ink_reads_as_nothing():
    joint, courtesy, legal = read_joint_amount([], None)
    assert (joint.value, courtesy, legal) == (None, [], [])
