"""The bodies of each endpoint, what samples they hold, and what the client wants back.

Example, our own: ``{"samples": [{"completion": "…", "gold": [...], "tools": [...], "prompt": "…"}]}``. The others are
the codebases' own; their adapters say how they are read. A client that has no word for "not measured" gets the lowest
reward (our own answer has ``null``, NeMo Gym's is masked).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from starbench.adapters import openrlhf, responses
from starbench.adapters.base import Sample, read_label
from starbench.reward import Reward


class OneSample(BaseModel):
    """A completion and what was wanted, in any form that the reward reads."""

    model_config = ConfigDict(extra="forbid")
    completion: Any = Field(description="text, a chat message or a list of them, Responses items, or calls")
    gold: Any = Field(description="calls, their JSON text, a chat message, or the text of the expected reply")
    tools: Any = Field(default=None, description="tool definitions or their JSON text; else the prompt's <tools> block")
    prompt: Any = Field(default=None, description="text or chat messages")


class Scores(BaseModel):
    """Our own batch."""

    model_config = ConfigDict(extra="forbid")
    samples: list[OneSample]

    def read(self) -> list[Sample]:
        """The samples, in order."""
        return [Sample(s.completion, s.gold, s.tools, s.prompt) for s in self.samples]

    def reply(self, rewards: Sequence[Reward]) -> dict[str, Any]:
        """A row for each sample; ``value`` is null where it was not measured."""
        return {"rewards": [{"value": measured(r), "code": r.code, "parts": r.parts} for r in rewards]}


class OpenRLHF(BaseModel):
    """OpenRLHF's ``/get_reward``."""

    query: list[str]
    prompts: list[str]
    labels: list[Any]

    @model_validator(mode="after")
    def _same_length(self) -> OpenRLHF:
        if not len(self.query) == len(self.prompts) == len(self.labels):
            raise ValueError("query, prompts and labels must have the same length")
        return self

    def read(self) -> list[Sample]:
        """The samples, in order."""
        return openrlhf.samples(self.query, self.prompts, self.labels)

    def reply(self, rewards: Sequence[Reward]) -> dict[str, Any]:
        """OpenRLHF's answer."""
        return openrlhf.reply(rewards)


class Slime(BaseModel):
    """slime's ``remote_rm``: one sample."""

    prompt: Any = None
    response: str
    label: Any

    def read(self) -> list[Sample]:
        """The sample."""
        gold, tools = read_label(self.label)
        return [Sample(self.response, gold, tools, self.prompt)]

    def reply(self, rewards: Sequence[Reward]) -> float:
        """The bare number."""
        return rewards[0].value


class NemoParams(BaseModel):
    """The part of the request for the model that is read."""

    model_config = ConfigDict(extra="allow")
    tools: list[Any] | None = None


class NemoResponse(BaseModel):
    """The part of the model's answer that is read."""

    model_config = ConfigDict(extra="allow")
    output: list[Any]


class Nemo(BaseModel):
    """NeMo Gym's ``/verify``: one rollout and its data row's fields."""

    model_config = ConfigDict(extra="allow")
    responses_create_params: NemoParams
    response: NemoResponse
    ground_truth: Any

    def read(self) -> list[Sample]:
        """The sample."""
        return [responses.sample(self.model_dump())]

    def reply(self, rewards: Sequence[Reward]) -> dict[str, Any]:
        """The body with the reward; masked where it was not measured."""
        answer = responses.reply(self.model_dump(exclude_unset=True), rewards[0])
        if measured(rewards[0]) is None:
            answer |= {"mask_sample": True, "failure_kind": "verifier_error", "failure_reason": rewards[0].code}
        return answer


def measured(reward: Reward) -> float | None:
    """The value, or None where something other than the model failed."""
    return None if (reward.code or "").startswith("infra:") else reward.value
