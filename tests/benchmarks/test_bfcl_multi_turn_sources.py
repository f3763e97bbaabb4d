"""The simulated APIs: from the checked files only, in modules of our own, without a trace in the process."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import bfcl_conversations as bfcl
import pytest

from starbench.benchmarks.bfcl.multi_turn.sources import FILES, Sources, copied
from starbench.errors import DataUnavailableError
from starbench.store import DataFolder


def test_the_documented_methods_are_the_public_ones() -> None:
    modules = bfcl.sources().modules()
    for name in FILES:
        methods = {attribute for attribute in vars(modules.of(name)) if not attribute.startswith("_")}
        assert {document["name"] for document in bfcl.sources().documents(name)} == methods


def test_method_names_are_unique_across_classes() -> None:
    names = [document["name"] for name in FILES for document in bfcl.sources().documents(name)]
    assert len(names) == len(set(names)) == 128


def test_nothing_of_upstream_enters_the_module_table() -> None:
    before = {name for name in sys.modules if "bfcl_eval" in name}
    bfcl.sources().modules(inflated=True).of("TravelAPI")
    assert {name for name in sys.modules if "bfcl_eval" in name} == before
    assert not [name for name in sys.modules if name.startswith("<bfcl>")]


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    file = "eval_checker/multi_turn_eval/func_source_code/ticket_api.py"
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_bytes(bfcl.folder().read(file) + b"#")
    with pytest.raises(DataUnavailableError, match="is not the file published"):
        Sources(DataFolder(bfcl.folder().dataset, tmp_path).read).modules().of("TicketAPI")


def test_simulated_code_may_import_only_what_it_needs() -> None:
    code = {"eval_checker/multi_turn_eval/func_source_code/ticket_api.py": b"import os\nclass TicketAPI: pass\n"}
    with pytest.raises(ImportError, match="may not import os"):
        Sources(code.__getitem__).modules().of("TicketAPI")


@pytest.mark.parametrize("word", ["open", "eval", "exec", "input", "compile", "breakpoint"])
def test_simulated_code_has_no_such_builtin(word: str) -> None:
    code = {"eval_checker/multi_turn_eval/func_source_code/ticket_api.py": word.encode()}
    with pytest.raises(NameError):
        Sources(code.__getitem__).modules().of("TicketAPI")


def test_default_lists_do_not_outlive_a_conversation() -> None:
    first, second = bfcl.sources().modules(), bfcl.sources().modules()
    first.of("TwitterAPI").post_tweet.__defaults__[0].append("left behind")
    assert second.of("TwitterAPI").post_tweet.__defaults__ == ([], [])


def test_long_context_cards_do_not_outlive_a_conversation() -> None:
    first, second = (bfcl.sources().modules(inflated=True) for _ in range(2))
    cards = [
        modules.of("TravelAPI")._add_credit_cards.__globals__["CREDIT_CARD_EXTENSION"] for modules in (first, second)
    ]
    assert cards[0] == cards[1]
    assert cards[0] is not cards[1]


def test_folders_of_two_sides_compare() -> None:
    entry = bfcl.entry("multi_turn_base_0")
    a, b = bfcl.world(entry), bfcl.world(entry)
    assert a.instances["GorillaFileSystem"].root == b.instances["GorillaFileSystem"].root


def test_copied_is_deep_also_where_objects_stand() -> None:
    plain = {"a": [{1, 2}, (None, 2.5)], "b": {}}
    assert copied(plain) == plain
    assert copied(plain)["a"] is not plain["a"]
    holding = {"method": inspect.Parameter.empty, "list": []}
    assert copied(holding)["list"] is not holding["list"]
