"""How right an answer is, for every kind of expected answer: the one function behind grading and reward.

compare([Call("add", {"a": 1})], expected_calls([Call("add", {"a": 1, "b": 2})]))  ->  Similarity(0.5)
compare(Output(text="It rains.", reply="It rains."), expected_reply("It snows."))  ->  Similarity(0.666…)
compare(Output(text="No tool fits."), ABSTAIN)                                     ->  Similarity(1.0)
"""

from __future__ import annotations

from collections.abc import Sequence

from starbench.similarity.calls import compare_calls
from starbench.similarity.profiles import Profile
from starbench.similarity.profiles import profile as profile_of
from starbench.types import Attempt, Call, CallPart, Expected, Output, Similarity, Tool


def compare(
    output: Output | Sequence[Call],
    expected: Expected,
    tools: Sequence[Tool] = (),
    profile: str | Profile = "robust",
) -> Similarity:
    """The similarity in [0, 1] of an answer to what was expected; never raises on what a model wrote.

    * calls: intersection over union (:mod:`starbench.similarity.calls`);
    * reply: the best text similarity to an accepted reply, 0 where a call was tried;
    * abstain: 1 where no call was tried, else 0;
    * any_call: 1 where a call of an offered tool was made (any call, if ``tools`` is empty) and none failed, else 0.

    Raises:
        UnknownNameError: there is no profile of that name.
    """
    rules = profile_of(profile)
    output = as_output(output)
    if expected.kind == "calls":
        return compare_calls(output.calls, expected.calls, rules, failed=len(output.failed))
    return Similarity(_without_gold_calls(output, expected, tools, rules), tuple(_attempts(output)), rules.name)


def as_output(answer: Output | Sequence[Call]) -> Output:
    """A list of calls as an output that holds just these."""
    if isinstance(answer, Output):
        return answer
    return Output(text="", attempts=tuple(Attempt("", None, "parsed", call) for call in answer), dialect="calls")


def _without_gold_calls(output: Output, expected: Expected, tools: Sequence[Tool], rules: Profile) -> float:
    tried = bool(output.calls or output.failed)
    if expected.kind == "abstain":
        return float(not tried)
    if expected.kind == "any_call":
        return float(bool(offered(output.calls, tools)) and not output.failed)
    if tried:
        return 0.0
    return max((rules.text(output.reply, reply) for reply in expected.replies), default=0.0)


def offered(calls: Sequence[Call], tools: Sequence[Tool]) -> list[Call]:
    """The calls of tools that were offered; all of them where nothing is known about tools."""
    names = {tool.name for tool in tools}
    return [call for call in calls if call.name in names or not names]


def _attempts(output: Output) -> list[CallPart]:
    calls = [CallPart(call.name, i, None, 0.0, "unexpected") for i, call in enumerate(output.calls)]
    return calls + [CallPart("", None, None, 0.0, "failed") for _ in output.failed]
