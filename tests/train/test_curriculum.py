from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fake_stages
import pytest
from small_recipe import ALL, write_recipe

from starbench.errors import InputError, StarbenchError, UnknownNameError
from starbench_train.config import Recipe, read_recipe
from starbench_train.curriculum.marks import digest, read_mark
from starbench_train.curriculum.plan import Chosen, planned
from starbench_train.curriculum.progress import Silent
from starbench_train.curriculum.run import run_recipe
from starbench_train.curriculum.state import StageContext
from starbench_train.errors import TrainingError
from starbench_train.hardware import HardwareConfig, resolve
from starbench_train.stages import STAGES, folder_name


@pytest.fixture(autouse=True)
def quick_stages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in STAGES:
        monkeypatch.setitem(STAGES, name, replace(STAGES[name], target="fake_stages:stage"))
    fake_stages.RAN.clear()
    fake_stages.FAIL.clear()
    yield
    fake_stages.FAIL.clear()


def recipe(tmp_path: Path, *settings: str, stages: tuple[str, ...] = ALL) -> Recipe:
    return read_recipe(write_recipe(tmp_path, *stages), settings)


def run(made: Recipe, redo: str | None = None, **chosen: object) -> list[str]:
    """The stages that ran."""
    fake_stages.RAN.clear()
    run_recipe(made, Chosen(**chosen), Silent(), redo=redo)  # type: ignore[arg-type]
    return list(fake_stages.RAN)


def test_all_stages_run_in_order_and_only_once(tmp_path: Path) -> None:
    made = recipe(tmp_path)
    assert run(made) == list(ALL)
    assert run(made) == []
    assert [step.state for step in planned(made)] == ["done"] * 7
    out = Path(made.out)
    assert (out / "02-rollout" / "rows.jsonl").read_text() == "rollout from ['teacher=model']"
    assert "rows=rows.jsonl" in (out / "04-ckd" / "model" / "weights").read_text()
    rows = (out / "data" / "train.jsonl").read_text().splitlines()
    assert json.loads(rows[0])["expected"] is not None


def test_a_mark_says_what_a_stage_was_made_of(tmp_path: Path) -> None:
    made = recipe(tmp_path)
    run(made)
    ckd = read_mark(Path(made.out) / "04-ckd")
    rollout = read_mark(Path(made.out) / "02-rollout")
    assert ckd is not None and rollout is not None
    assert set(ckd.inputs) == {"data", "teacher", "student", "rows", "cache"}
    assert ckd.inputs["rows"] == rollout.results["rows"] == digest(Path(made.out) / "02-rollout" / "rows.jsonl")
    assert ckd.settings["ckd"]["m"] == 4
    assert ckd.versions["trl"].startswith("1.")


@pytest.mark.parametrize("name", ALL)
def test_a_killed_stage_goes_on_and_finished_ones_are_not_done_again(tmp_path: Path, name: str) -> None:
    made = recipe(tmp_path)

    def kill(context: StageContext) -> None:
        raise KeyboardInterrupt

    fake_stages.FAIL[name] = kill
    with pytest.raises(KeyboardInterrupt):
        run(made)
    fake_stages.FAIL.clear()
    assert run(made) == list(ALL[ALL.index(name) :])
    mark = read_mark(Path(made.out) / folder_name(name))
    assert mark is not None and mark.figures["attempts"] == 2  # it found what it had written


def test_a_changed_recipe_for_a_finished_stage_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    run(recipe(tmp_path), until="ckd")
    changed = recipe(tmp_path, "ckd.learning_rate=0.5")
    with pytest.raises(InputError, match=r"stage ckd: .*ckd\.learning_rate: 0\.001 there, 0\.5 now.*--redo ckd"):
        run(changed)
    assert fake_stages.RAN == []
    assert run(changed, redo="ckd") == ["ckd", "student-simrl", "evaluate"]


def test_what_is_not_finished_may_change(tmp_path: Path) -> None:
    run(recipe(tmp_path), until="ckd")
    assert run(recipe(tmp_path, "student-simrl.samples=2")) == ["student-simrl", "evaluate"]


def test_a_stage_that_was_begun_with_other_settings_begins_anew(tmp_path: Path) -> None:
    def stop(context: StageContext) -> None:
        raise KeyboardInterrupt

    fake_stages.FAIL["ckd"] = stop
    with pytest.raises(KeyboardInterrupt):
        run(recipe(tmp_path))
    fake_stages.FAIL.clear()
    made = recipe(tmp_path, "ckd.steps=9")
    run(made)
    mark = read_mark(Path(made.out) / "04-ckd")
    assert mark is not None and mark.figures["attempts"] == 1


def test_parts_of_a_recipe(tmp_path: Path) -> None:
    made = recipe(tmp_path)
    with pytest.raises(InputError, match="stage base: it comes before what is wanted and is not finished"):
        run(made, first="rollout")
    assert run(made, until="rollout") == ["base", "teacher-simrl", "rollout"]
    assert run(made, first="cache-teacher", until="ckd") == ["cache-teacher", "ckd"]
    with pytest.raises(InputError, match="exchange --from and --until"):
        run(made, first="ckd", until="rollout")
    with pytest.raises(UnknownNameError, match="did you mean 'rollout'"):
        run(made, until="rolout")
    assert run(made, only=("student-simrl",)) == ["student-simrl"]


def test_a_stage_alone_reads_the_recipes_own_rows_and_models(tmp_path: Path) -> None:
    student = tmp_path / "student"
    student.mkdir()
    (student / "weights").write_text("mine")
    made = recipe(tmp_path, f"student.path={student}", stages=("student-simrl",))
    context = StageContext(made, "student-simrl", Path(made.out), resolve(HardwareConfig(device="cpu")))
    assert context.input("student") == student
    assert context.input("rows") == Path(made.out) / "data" / "train.jsonl"
    assert run(made) == ["student-simrl"]
    (student / "weights").write_text("another")
    with pytest.raises(InputError, match="with another student than there is now"):
        run(made)


def test_a_missing_model_and_a_result_that_is_gone_are_said(tmp_path: Path) -> None:
    missing = recipe(tmp_path, "student.path=/nowhere/model", stages=("student-simrl",))
    with pytest.raises(InputError, match=r"stage student-simrl: the student /nowhere/model is not there"):
        run(missing)
    made = recipe(tmp_path, f"out={tmp_path / 'b'}", stages=("base", "student-simrl"))
    run(made)
    (tmp_path / "b" / "05-student-simrl" / "model" / "weights").unlink()
    (tmp_path / "b" / "05-student-simrl" / "model").rmdir()
    with pytest.raises(InputError, match=r"05-student-simrl/model is gone; make it again with --redo student-simrl"):
        run(made)


def test_other_rows_than_those_of_finished_stages_are_an_error(tmp_path: Path) -> None:
    run(recipe(tmp_path), until="base")
    with pytest.raises(InputError, match=r"rows of other settings \(data\.limit: 48 there, 40 now\).*--redo"):
        run(recipe(tmp_path, "data.limit=40"))


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full; free some space"),
        (RuntimeError("I/O error: No space left on device (os error 28)"), "the disk is full; free some space"),
        (FileNotFoundError(errno.ENOENT, "no such file", "/data/x.jsonl"), r"the file /data/x\.jsonl is missing"),
        (PermissionError(errno.EACCES, "denied", "/data/x"), "/data/x may not be written or read"),
        (MemoryError(), "the memory does not hold it; lower batch in"),
        (ImportError("no", name="vllm"), "the library vllm is not installed"),
        (TrainingError("teacher and student have different tokenizers"), "different tokenizers"),
        (InputError("row 3 is no row"), "row 3 is no row"),
    ],
)
def test_what_a_person_can_act_on_is_a_sentence_that_names_the_stage(
    tmp_path: Path, problem: Exception, sentence: str
) -> None:
    def fail(context: StageContext) -> None:
        raise problem

    fake_stages.FAIL["ckd"] = fail
    made = recipe(tmp_path)
    with pytest.raises(StarbenchError, match=f"^stage ckd: .*{sentence}"):
        run(made)
    assert read_mark(Path(made.out) / "04-ckd") is None
    fake_stages.FAIL.clear()
    assert run(made) == ["ckd", "student-simrl", "evaluate"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_disk_that_is_really_full_is_said(tmp_path: Path) -> None:
    def fill(context: StageContext) -> None:
        (context.folder / "metrics.jsonl").unlink()
        (context.folder / "metrics.jsonl").symlink_to("/dev/full")
        context.log({"step": 2})

    fake_stages.FAIL["ckd"] = fill
    with pytest.raises(TrainingError, match=r"^stage ckd: the disk is full; free some space where"):
        run(recipe(tmp_path))


def test_a_torn_checkpoint_is_passed_over(tmp_path: Path) -> None:
    from starbench_train.rl.callbacks import resume_point

    made = recipe(tmp_path)
    context = StageContext(made, "ckd", Path(made.out), resolve(HardwareConfig(device="cpu")))
    assert resume_point(context) is None
    for step, state in ((2, '{"global_step": 2}'), (10, '{"global_step": 10}'), (12, '{"glob'), (14, None)):
        folder = context.checkpoints / f"checkpoint-{step}"
        folder.mkdir(parents=True)
        if state is not None:
            (folder / "trainer_state.json").write_text(state)
    assert resume_point(context) == str(context.checkpoints / "checkpoint-10")
    assert sorted(path.name for path in context.checkpoints.iterdir()) == ["checkpoint-10", "checkpoint-2"]


def test_a_bug_is_not_hidden(tmp_path: Path) -> None:
    def fail(context: StageContext) -> None:
        raise KeyError("steps")

    fake_stages.FAIL["base"] = fail
    with pytest.raises(KeyError):
        run(recipe(tmp_path))


def test_two_commands_do_not_run_in_one_folder(tmp_path: Path) -> None:
    made = recipe(tmp_path)

    def again(context: StageContext) -> None:
        run_recipe(made, Chosen(), Silent())

    fake_stages.FAIL["base"] = again
    with pytest.raises(StarbenchError, match="another command is running in"):
        run(made)


def test_metrics_behind_a_checkpoint_are_forgotten(tmp_path: Path) -> None:
    made = recipe(tmp_path)
    context = StageContext(made, "ckd", Path(made.out), resolve(HardwareConfig(device="cpu")))
    context.folder.mkdir(parents=True)
    for step in (1, 2, 3):
        context.log({"step": step, "loss": float("nan")})
    with (context.folder / "metrics.jsonl").open("a") as file:
        file.write('{"step": 4, "lo')  # a torn line
    context.forget_after(2)
    assert [line["step"] for line in context.metrics()] == [1, 2]
    assert context.metrics()[0]["loss"] is None
