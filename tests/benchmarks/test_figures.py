from benchmarks.figures import Figure, Goal, Line, at_least, at_most, percentile, ratios, short
from benchmarks.report import BEGIN, END, cells, keep_page, keep_results, table


def line(**given) -> Line:
    return Line("B0", "a thing", "ms", ours=Figure.of([3.0, 1.0, 2.0]), **given)


def test_a_planted_slow_result_falls_short() -> None:
    slow = line(goals=(at_most("p95 ≤ 25 ms", 400.0, 25.0),))
    assert (slow.holds, slow.verdict()) == (False, "falls short")
    assert "p95 ≤ 25 ms: 400" in cells(slow)


def test_one_broken_goal_among_many_falls_short() -> None:
    goals = (at_most("fast", 1.0, 2.0), at_least("≥ 25 × the loop", 24.9, 25.0))
    assert line(goals=goals).verdict() == "falls short"


def test_what_is_within_its_bounds_holds() -> None:
    assert line(goals=(at_most("fast", 2.0, 2.0), at_least("often", 25.0, 25.0))).holds is True


def test_a_measurement_that_is_no_number_does_not_hold() -> None:
    assert not Goal("fast", float("nan"), most=25.0).holds


def test_without_a_promise_there_is_no_verdict() -> None:
    assert (line().holds, line().verdict()) == (None, "–")


def test_a_figure_keeps_its_spread() -> None:
    assert Figure.of([3.0, 1.0, 2.0]) == Figure(2.0, 1.0, 3.0)
    assert Figure.of([3.0, 1.0, 2.0]).words() == "2 (1–3)"


def test_a_ratio_is_taken_within_its_round() -> None:
    assert ratios([10.0, 100.0], [5.0, 10.0]) == Figure(6.0, 2.0, 10.0)


def test_the_percentile_is_one_of_the_measurements() -> None:
    assert percentile(range(1, 41), 0.95) == 38
    assert percentile([7.0], 0.95) == 7.0


def test_numbers_are_short() -> None:
    given = (0, 0.00123, 0.97312, 2.5, 18.84, 617.2, 28_123.4)
    assert [short(n) for n in given] == ["0", "0.0012", "0.973", "2.5", "18.8", "617", "28,123"]


def test_results_keep_the_rows_that_were_not_measured(tmp_path) -> None:
    path = tmp_path / "results.json"
    keep_results([Line("B1", "old"), Line("B2", "old")], path)
    keep_results([Line("B1", "new")], path)
    assert '"B1: new"' in path.read_text()
    assert '"B2: old"' in path.read_text()
    assert '"B1: old"' not in path.read_text()


def test_the_page_keeps_its_words_around_a_new_table(tmp_path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Performance\n{BEGIN}\nold\n{END}\nThe end.\n")
    keep_page([line(note="Mind this.")], ["Two cores."], page)
    text = page.read_text()
    assert text.startswith("# Performance\n")
    assert text.endswith("The end.\n")
    assert "- Two cores." in text
    assert "- B0: Mind this." in text
    assert "old" not in text


def test_the_table_says_what_is_left_out() -> None:
    assert "left out" in table([Line("B2", "hand-over", left_out="PostgreSQL does not answer.")])
