"""Executors give the same results in the same order, and end what they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import resource_tracker
from pathlib import Path
from pickle import PicklingError
from types import ModuleType

import pytest

from corpus.errors import CorpusError, SourceError, UsageError
from corpus.executors import processes, serial
from corpus.executors.protocol import AHEAD, Executor

HERE = Path(__file__).parent


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The functions to run, importable here and in workers."""
    monkeypatch.syspath_prepend(HERE)
    import executor_tasks

    return executor_tasks


OTHERS: set[int] = set()
"""Children that a test did not start: servers of other tests' fixtures."""


@pytest.fixture(autouse=True)
def _know_the_others() -> None:
    OTHERS.clear()
    OTHERS.update(children())


def children() -> list[int]:
    """The process ids of this process's new children, without multiprocessing's resource tracker."""
    tracker = resource_tracker._resource_tracker._pid
    task = Path("/proc/self/task")
    pids: list[int] = []
    for thread in task.iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread may end meanwhile
            pids += map(int, (thread / "children").read_text().split())
    return [pid for pid in pids if pid != tracker and pid not in OTHERS]


def gone(pids: list[int]) -> bool:
    """Whether none of the processes runs (a zombie does not)."""
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            return False
    return True


def eventually(condition: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_every_executor_gives_the_same_results_in_the_same_order(tasks: ModuleType) -> None:
    executors: list[Executor] = [serial.map_ordered, processes.map_ordered]
    for executor in executors:
        assert list(executor(tasks.square, range(20), 2)) == [n * n for n in range(20)]
    assert not children()


def test_a_slow_first_item_does_not_change_the_order(tasks: ModuleType) -> None:
    assert list(processes.map_ordered(tasks.slow_first, range(6), 2)) == list(range(6))


def test_no_items_give_no_results(tasks: ModuleType) -> None:
    assert list(processes.map_ordered(tasks.square, [], 3)) == []
    assert list(serial.map_ordered(tasks.square, [])) == []


def test_items_are_taken_only_a_few_ahead(tasks: ModuleType) -> None:
    """Memory stays bounded: the source of items waits until results are asked for."""
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    results = processes.map_ordered(tasks.square, items(), 2)
    assert taken == []
    next(results)
    assert len(taken) == AHEAD * 2
    results.close()  # type: ignore[attr-defined]
    assert not children()


def test_one_worker_is_this_process(tasks: ModuleType) -> None:
    [(_, _, pid)] = processes.map_ordered(tasks.thread_settings, [0], 1)
    assert pid == os.getpid()


def test_workers_have_one_polars_thread_and_the_caller_keeps_its_setting(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "2")
    for setting, threads, pid in processes.map_ordered(tasks.thread_settings, [0, 1], 2):
        assert (setting, threads) == ("1", 1)
        assert pid != os.getpid()
    assert os.environ["POLARS_MAX_THREADS"] == "2"


def test_less_than_one_worker_is_refused(tasks: ModuleType) -> None:
    with pytest.raises(UsageError, match="At least one worker"):
        processes.map_ordered(tasks.square, [1], 0)


@pytest.mark.parametrize(("name", "how"), [("die", "ended with code 7"), ("be_killed", "SIGKILL.*fewer workers")])
def test_a_worker_that_dies_is_one_sentence(tasks: ModuleType, name: str, how: str) -> None:
    with pytest.raises(CorpusError, match=how) as caught:
        list(processes.map_ordered(getattr(tasks, name), range(8), 2))
    assert "\n" not in str(caught.value)
    assert not children()


def test_an_exception_comes_where_its_result_would_have_come(tasks: ModuleType) -> None:
    results = processes.map_ordered(tasks.refuse, range(8), 2)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(SourceError, match="The second is not good"):
        next(results)
    assert not children()


def test_exceptions_that_cannot_travel_are_told_in_words(tasks: ModuleType) -> None:
    with pytest.raises(CorpusError, match="UnpicklableError: 1 and 2"):
        list(processes.map_ordered(tasks.raise_unpicklable, [0], 2))
    with pytest.raises(CorpusError, match=r"newscorpus\[labelstudio\]"):
        list(processes.map_ordered(tasks.miss_an_extra, [0], 2))


def test_a_result_that_cannot_travel_is_an_error_and_no_hang(tasks: ModuleType) -> None:
    with pytest.raises((AttributeError, PicklingError), match="local object"):  # in the words of each Python
        list(processes.map_ordered(tasks.unpicklable_result, [0], 2))
    assert not children()


def test_an_error_of_the_items_ends_the_workers(tasks: ModuleType) -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise SourceError("no more")

    with pytest.raises(SourceError, match="no more"):
        list(processes.map_ordered(tasks.square, items(), 2))
    assert not children()


WAITING = """
import sys
from executor_tasks import write_pid_and_wait
from corpus.executors.processes import map_ordered
if __name__ == "__main__":
    list(map_ordered(write_pid_and_wait, [sys.argv[1]] * 2, 2))
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_the_caller_ends_the_workers_end(tmp_path: Path, how: signal.Signals) -> None:
    """Ctrl-C ends them in order; a killed caller cannot, so they watch for its end themselves."""
    script, pids = tmp_path / "waiting.py", tmp_path / "pids"
    script.write_text(WAITING)
    pids.mkdir()
    environment = os.environ | {"PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parents[1]}"}
    with subprocess.Popen(
        [sys.executable, str(script), str(pids)], env=environment, stderr=subprocess.PIPE
    ) as caller:
        assert eventually(lambda: len(list(pids.iterdir())) == 2)
        workers = [int(path.name) for path in pids.iterdir()]
        caller.send_signal(how)
        assert caller.wait(30) != 0
        assert eventually(lambda: gone(workers))
