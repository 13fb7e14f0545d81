"""The command ``zollverein app``: addresses, the warning, worlds of the operator, what is missing."""

import socket
import sys

import pytest

import zollverein as zv
from tests.app.conftest import ABSENT, effects_of, running, toy_scenario
from zollverein.app import serving
from zollverein.errors import DataError

httpx = pytest.importorskip("httpx", reason=ABSENT)


@pytest.fixture
def served(monkeypatch):
    """What the command would run, without running it."""
    uvicorn = pytest.importorskip("uvicorn", reason=ABSENT)
    pytest.importorskip("fastapi", reason=ABSENT)
    found = {}

    def run(server):
        found["config"] = server.config

    monkeypatch.setattr(uvicorn.Server, "run", run)
    monkeypatch.setattr("webbrowser.open", lambda address: found.update(opened=address))
    return found


def hosts_of(config):
    (guard,) = (m for m in config.app.user_middleware if m.cls.__name__ == "Guard")
    return guard.kwargs["hosts"]


@pytest.fixture(autouse=True)
def _free(monkeypatch, request):
    """Addresses of tests need not be this machine's."""
    if "taken" not in request.node.name:
        monkeypatch.setattr(serving, "check_free", lambda *_: None)


def test_it_listens_on_this_machine_and_opens_the_page(served, command, monkeypatch):
    monkeypatch.setattr("threading.Timer", Now)
    code, _, told = command("app", "--port", 8123)
    assert code == 0
    assert "http://127.0.0.1:8123" in told
    assert "proxy" not in told
    config = served["config"]
    assert (config.host, config.port) == ("127.0.0.1", 8123)
    assert served["opened"] == "http://127.0.0.1:8123"
    assert "*" not in hosts_of(config)


class Now:
    """A timer that is over at once."""

    def __init__(self, seconds, call, args):
        assert seconds > 0
        self.call, self.args, self.daemon = call, args, False

    def start(self):
        self.call(*self.args)


@pytest.mark.parametrize(
    ("host", "named", "allowed"),
    [
        ("0.0.0.0", "", {"*"}),  # noqa: S104 - the address that the warning is about
        ("0.0.0.0", "trade.example, other.example", {"trade.example", "other.example"}),  # noqa: S104
        ("192.0.2.7", "", {"192.0.2.7"}),
    ],
)
def test_other_addresses_are_warned_about(served, command, monkeypatch, host, named, allowed):
    monkeypatch.setenv("ZOLLVEREIN_HOSTS", named)
    code, _, told = command("app", "--host", host, "--no-browser")
    assert code == 0
    for word in ("proxy", "authentication", "ZOLLVEREIN_HOSTS", "docs/app.md"):
        assert word in told
    assert allowed <= set(hosts_of(served["config"]))
    assert ("*" in hosts_of(served["config"])) == ("*" in allowed)
    assert "opened" not in served


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("10.0.0.1", False), ("x.y", False)],
)
def test_which_addresses_are_of_this_machine(host, local):
    assert serving.is_local(host) is local


def test_without_the_extra_the_command_says_how_to_get_it(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    code, _, told = command("app", "--no-browser")
    assert code == 1
    assert "zollverein[app]" in told
    assert "Traceback" not in told


def test_an_unknown_world_or_a_wrong_limit_is_said(served, command, monkeypatch):
    code, _, told = command("app", "--world", "nowhere.nc", "--no-browser")
    assert (code, "nowhere.nc" in told) == (1, True)
    monkeypatch.setenv("ZOLLVEREIN_QUEUE", "many")
    code, _, told = command("app", "--no-browser")
    assert (code, "ZOLLVEREIN_QUEUE" in told) == (1, True)
    assert "config" not in served


def test_worlds_of_the_operator(tmp_path):
    assert serving.world_files(None) == {}
    assert serving.world_files("toy") == {"toy": "toy"}
    with pytest.raises(DataError, match="no world"):
        serving.world_files(str(tmp_path / "x.nc"))


def test_a_world_file_called_like_a_packaged_world_does_not_hide_it(tmp_path):
    path = zv.load_world("toy").to_netcdf(tmp_path / "icio2022.nc")
    assert serving.world_files(str(path)) == {"icio2022 (file)": str(path)}
    (tmp_path / "no.nc").write_bytes(b"no world")
    with pytest.raises(DataError, match="not a netCDF file"):
        serving.world_files(str(tmp_path / "no.nc"))


def test_an_address_that_is_taken_is_said(command):
    pytest.importorskip("fastapi", reason=ABSENT)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, told = command("app", "--port", port, "--no-browser")
    assert code == 1
    assert f"port {port}" in told
    assert "--port" in told
    with pytest.raises(DataError, match=r"--host"):
        serving.check_free("no.such.host.invalid", 8000)


def test_a_world_file_is_the_first_world(tmp_path):
    world = zv.load_world("toy")
    path = world.to_netcdf(tmp_path / "mine.nc")
    own = running(worlds=serving.world_files(str(path)))
    with own as address, httpx.Client(base_url=address, timeout=180) as client:
        listed = client.get("/api/worlds")
        answer = client.post("/api/simulate", json={"scenario": toy_scenario()}).json()
    assert [w["name"] for w in listed.json()["worlds"]] == ["mine", "icio2022", "toy"]
    assert str(tmp_path) not in listed.text
    expected = zv.simulate(zv.World.from_netcdf(path), zv.Scenario.from_dict(toy_scenario()))
    assert {code: row["real_income_pct"] for code, row in effects_of(answer).items()} == (
        expected.table()["real_income_pct"].to_dict()
    )
