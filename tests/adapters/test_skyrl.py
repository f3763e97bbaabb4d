"""SkyRL: registered, made and stepped by skyrl_gym itself, where it is installed (skyrl-gym 0.4.0)."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest
from weather_task import ANSWERS, GOLD, PROMPT, TOOLS

ROW = {"reward_spec": {"method": "rule", "ground_truth": GOLD}, "tools": TOOLS, "data_source": "weather"}


def play(env: Any, answer: str) -> float:
    """One episode."""
    prompt = [{"role": "user", "content": PROMPT}]
    assert env.init(prompt) == (prompt, {})
    output = env.step(answer)
    assert output["done"] is True and output["observations"] == []
    assert all(type(value) is float for value in env.get_metrics().values())
    return float(output["reward"])


def test_the_recorded_contract(monkeypatch: pytest.MonkeyPatch, values: list[float]) -> None:
    base: Any = ModuleType("skyrl_gym.envs.base_text_env")
    base.BaseTextEnv = type("BaseTextEnv", (), {})
    base.BaseTextEnvStepOutput = dict
    for module in (ModuleType("skyrl_gym"), ModuleType("skyrl_gym.envs"), base):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    spec = importlib.util.find_spec("starbench.adapters.skyrl")
    assert spec is not None and spec.loader is not None
    skyrl: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(skyrl)
    assert [play(skyrl.StarbenchEnv({}, ROW), answer) for answer in ANSWERS] == values


@pytest.mark.filterwarnings("ignore")
def test_the_real_gym(values: list[float]) -> None:
    gym = pytest.importorskip("skyrl_gym", reason="skyrl-gym is not installed here")
    from omegaconf import OmegaConf

    if "starbench" not in gym.envs.registration.registry:
        gym.register(id="starbench", entry_point="starbench.adapters.skyrl:StarbenchEnv")
    config = OmegaConf.create({"profile": "robust"})
    envs = [gym.make("starbench", env_config=config, extras=ROW) for _ in ANSWERS]
    assert [play(env, answer) for env, answer in zip(envs, ANSWERS, strict=True)] == values
