"""Many sessions at once, each with its own slider: each sees its own state and nobody else's."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import zollverein as zv
from tests.app.conftest import ABSENT, effects_of, running, toy_scenario
from zollverein.app.limits import Limits

httpx = pytest.importorskip("httpx", reason=ABSENT)

SESSIONS, SECONDS, STEPS = 20, 4.0, 12
PAIRS = [("HOM", "PAR"), ("PAR", "HOM"), ("HOM", "RST"), ("RST", "PAR")]


def slider(session, step):
    """What a session asks at one position of its slider; no two questions are the same."""
    seller, buyer = PAIRS[session % len(PAIRS)]
    return toy_scenario(0.01 * (1 + step) + 0.0001 * session, seller, buyer)


@pytest.fixture(scope="module")
def expected(toy):
    return {
        (session, step): zv.simulate(toy, zv.Scenario.from_dict(slider(session, step)))
        .table()["real_income_pct"]
        .tolist()
        for session in range(SESSIONS)
        for step in range(STEPS)
    }


def move(address, session, until, seen):
    """Move a slider as a page does: a request for each position, without waiting for the last."""
    token = f"session {session}"
    limits = httpx.Limits(max_connections=4)
    with (
        httpx.Client(base_url=address, timeout=180, limits=limits) as client,
        ThreadPoolExecutor(3) as hands,
    ):

        def ask(step):
            body = {"scenario": slider(session, step), "token": token, "full": False}
            response = client.post("/api/simulate", json=body)
            seen.append((session, step, response.status_code, response.json()))
            return response.status_code

        step = 0
        while time.monotonic() < until:
            asked = [hands.submit(ask, (step + k) % STEPS) for k in range(3)]
            step += 3
            for answer in asked:
                answer.result()
        assert ask(step % STEPS) == 200, "who stops moving gets an answer"


def test_twenty_sessions_each_see_their_own_state(expected):
    seen: list[tuple[int, int, int, Any]] = []
    with running(Limits(workers=2)) as address:
        until = time.monotonic() + SECONDS
        threads = [
            threading.Thread(target=move, args=(address, session, until, seen))
            for session in range(SESSIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads)
    statuses = Counter(status for *_, status, _ in seen)
    assert set(statuses) <= {200, 409}, statuses
    for session, step, status, answer in seen:
        if status == 200:
            found = [row["real_income_pct"] for row in effects_of(answer).values()]
            assert found == expected[session, step]
        else:
            assert answer["error"]["code"] == "superseded"
    answered = {session for session, _, status, _ in seen if status == 200}
    assert answered == set(range(SESSIONS))


def test_a_token_supersedes_only_itself(client):
    """Requests of different tokens at the same moment are all answered."""
    with ThreadPoolExecutor(6) as hands:
        answers = list(
            hands.map(
                lambda k: client.post(
                    "/api/simulate",
                    json={"scenario": toy_scenario(0.2 + 0.001 * k), "token": f"own {k}"},
                ),
                range(6),
            )
        )
    assert [answer.status_code for answer in answers] == [200] * 6
