"""NeMo Gym's ``/verify``: the real resources server where nemo_gym 0.7.0 is installed, else the body's form."""

from __future__ import annotations

import json
import socket
import threading
import urllib.request
from typing import Any

import pytest
from weather_task import GOLD, TOOL

from starbench.adapters.base import score
from starbench.adapters.responses import reply, sample
from starbench.reward import SimReward


def body(arguments: str) -> dict[str, Any]:
    """A request as NeMo Gym's simple agent sends it."""
    call = {"type": "function_call", "call_id": "1", "name": "get_weather", "arguments": arguments}
    tool = {"type": "function", "strict": False, **TOOL["function"]}
    answer = {"id": "r", "created_at": 0.0, "model": "m", "object": "response", "output": [call],
              "parallel_tool_calls": True, "tool_choice": "auto", "tools": []}  # fmt: skip
    question = {"role": "user", "content": "Weather in Paris?"}
    return {
        "responses_create_params": {"input": [question], "tools": [tool]},
        "response": answer,
        "ground_truth": GOLD,
        "row": 7,
    }


RIGHT, HALF = '{"city": "Paris", "days": 3}', '{"city": "Paris", "days": 5}'


def test_the_recorded_body() -> None:
    right, half = score([sample(body(RIGHT)), sample(body(HALF))])
    assert right.value == 1.0 > half.value > 0.0
    answer = reply(body(RIGHT), right)
    assert answer["reward"] == 1.0 and answer["row"] == 7
    numbers = {key for key, value in answer.items() if key.startswith("starbench_") and type(value) is float}
    assert numbers == {f"starbench_{name}" for name in SimReward()("", GOLD).parts}
    json.dumps(answer)


def test_arguments_that_are_no_json_are_the_model_s_mistake() -> None:
    (broken,) = score([sample(body('{"city": '))])
    assert broken.value == -1.0


@pytest.mark.filterwarnings("ignore")
def test_the_real_server() -> None:
    pytest.importorskip("nemo_gym", reason="nemo_gym is not installed here")
    from unittest.mock import MagicMock

    import uvicorn
    from nemo_gym.server_utils import ServerClient

    from starbench.adapters.nemo_gym import StarbenchConfig, StarbenchResourcesServer

    config = StarbenchConfig(host="127.0.0.1", port=0, entrypoint="app.py", name="starbench")
    server = StarbenchResourcesServer(config=config, server_client=MagicMock(spec=ServerClient))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = uvicorn.Server(uvicorn.Config(server.setup_webserver(), log_level="warning"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/verify"
        wanted = urllib.request.Request(url, json.dumps(body(HALF)).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(wanted, timeout=30) as response:
                answer = json.loads(response.read())
        finally:
            running.should_exit = True
            thread.join(timeout=30)
    assert 0.0 < answer["reward"] < 1.0
    assert answer["row"] == 7
    assert {f"starbench_{name}" for name in SimReward()("", GOLD).parts} <= answer.keys()
