"""A real Ray cluster of this machine gives what every other executor gives, and is gone afterwards."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from corpus.errors import CorpusError, ExtraMissingError, SourceError, UsageError
from corpus.executors import cluster
from corpus.executors.protocol import AHEAD

HERE = Path(__file__).parent
pytestmark = pytest.mark.filterwarnings("default")  # Ray's own code leaves sockets and files to the collector


@pytest.fixture(scope="module", autouse=True)
def running() -> Iterator[None]:
    """One cluster for the tests of this file: starting one takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HERE)
        patch.setenv("PYTHONPATH", str(HERE))
        with cluster._cluster(2, None):
            yield


@pytest.fixture
def tasks() -> ModuleType:
    return importlib.import_module("executor_tasks")


def test_results_come_in_the_order_of_the_items(tasks: ModuleType) -> None:
    assert list(cluster.map_ordered(tasks.slow_first, range(12), 2)) == list(range(12))
    assert list(cluster.map_ordered(tasks.square, [], 2)) == []


def test_items_are_taken_only_a_few_ahead(tasks: ModuleType) -> None:
    taken: list[int] = []
    results = cluster.map_ordered(tasks.square, (taken.append(n) or n for n in range(100)), 2)
    assert taken == []
    assert next(results) == 0
    assert len(taken) == AHEAD * 2
    results.close()  # type: ignore[attr-defined]


def test_workers_have_one_polars_thread(tasks: ModuleType) -> None:
    for setting, threads, pid in cluster.map_ordered(tasks.thread_settings, [0, 1], 2):
        assert (setting, threads) == ("1", 1)
        assert pid != os.getpid()


def test_an_exception_comes_where_its_result_would_have_come(tasks: ModuleType) -> None:
    results = cluster.map_ordered(tasks.refuse, range(8), 2)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(SourceError, match="The second is not good"):
        next(results)


def test_a_task_that_always_kills_its_worker_is_one_sentence(tasks: ModuleType) -> None:
    with pytest.raises(CorpusError, match="died again and again") as caught:
        list(cluster.map_ordered(tasks.die, range(8), 2))
    assert "\n" not in str(caught.value)


def test_a_result_that_cannot_travel_is_an_error_and_no_hang(tasks: ModuleType) -> None:
    with pytest.raises(CorpusError, match="pickle"):
        list(cluster.map_ordered(tasks.lock, [0], 2))


def test_less_than_one_worker_is_refused(tasks: ModuleType) -> None:
    with pytest.raises(UsageError, match="At least one worker"):
        cluster.map_ordered(tasks.square, [1], 0)


def test_other_versions_on_the_cluster_are_refused(tasks: ModuleType) -> None:
    outcome = cluster._run_here({"newscorpus": "0.0.0", "polars": "0"}, tasks.square, 2)
    with pytest.raises(CorpusError, match=r"has newscorpus .*expected 0\.0\.0"):
        outcome.unwrap()


def test_without_ray_the_sentence_names_the_extra(monkeypatch: pytest.MonkeyPatch, tasks: ModuleType) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExtraMissingError, match=r"newscorpus\[ray\]"):
        list(cluster.map_ordered(tasks.square, [1], 1))


ALONE = """
from corpus.executors.cluster import map_ordered
from executor_tasks import square
if __name__ == "__main__":
    results = map_ordered(square, range(6), 2)
    first = next(results)
    import contextlib
    import psutil
    ears = []
    for one in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # Ray starts some that end at once
            ears += [found for found in one.net_connections("tcp") if found.status == "LISTEN"]
    open_to = {ear.laddr.ip.removeprefix("::ffff:") for ear in ears}
    print(sorted(open_to), first, list(results))
"""


def test_a_cluster_of_ones_own_listens_on_the_loopback_only_and_ends(tmp_path: Path) -> None:
    script = tmp_path / "alone.py"
    script.write_text(ALONE)
    environment = os.environ | {"PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parents[1]}"}
    ended = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == "['127.0.0.1'] 0 [1, 4, 9, 16, 25]"
