"""Run one function over items as tasks of a Ray cluster, in order, a few items ahead.

Without an address a cluster of this machine is started for the one call: on the loopback only, without a
dashboard or usage reports, and ended with it. With an address the tasks go to that cluster, where the
toolkit must be installed in the same version. The functions are pure, so Ray may run one again whose worker
died.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

from corpus.errors import CorpusError, ExtraMissingError, UsageError
from corpus.executors.outcome import Outcome, run
from corpus.executors.protocol import AHEAD, ONE_THREAD, check_workers

__all__ = ["map_ordered"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_SETTINGS = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # Ray's own way to bind all its servers to 127.0.0.1
    "RAY_USAGE_STATS_ENABLED": "0",
}
_STORE_BYTES = 256 * 2**20
_RETRIES = 3
_DECISIVE = ("newscorpus", "polars")
"""What must be of one version everywhere, or the bytes depend on who ran what."""


def map_ordered(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int = 1,
    *,
    address: str | None = None,
) -> Iterator[Result]:
    """Yield ``function(item)`` for each item, in order, computed by ``workers`` tasks at a time.

    ``address`` is a running cluster's ("auto", "HOST:PORT", "ray://HOST:PORT"); None: a cluster of this
    machine, or the one that this process has joined already. At most ``AHEAD * workers`` items are taken
    before their results are asked for.

    Raises:
        ExtraMissingError: Ray is not installed.
        UsageError: ``workers`` is less than one, or no cluster answers at the address.
        CorpusError: a worker died again and again, or has another version of the toolkit.
        Exception: what the function raised.
    """
    check_workers(workers)
    return _mapped(function, items, workers, address)


def _mapped(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int, address: str | None
) -> Iterator[Result]:
    with _cluster(workers, address) as ray:
        submit = ray.remote(num_cpus=1, max_retries=_RETRIES, runtime_env={"env_vars": ONE_THREAD})(
            _run_here
        ).remote
        waiting: deque[Any] = deque()
        try:
            for item in items:
                waiting.append(submit(_versions(), function, item))
                if len(waiting) >= AHEAD * workers:
                    yield ray.get(waiting.popleft()).unwrap()
            while waiting:
                yield ray.get(waiting.popleft()).unwrap()
        except ray.exceptions.RayError as error:
            raise CorpusError(_told(error)) from None
        finally:
            for left in waiting:
                ray.cancel(left, force=True)


def _run_here(wanted: dict[str, str], function: Callable[[Any], Any], item: Any) -> Outcome:
    """Run one item in a worker, if its libraries are those of the caller."""
    own = _versions()
    other = next((name for name in _DECISIVE if own[name] != wanted[name]), None)
    if other is not None:
        message = f"A worker of the cluster has {other} {own[other]}, expected {wanted[other]}; install the same."
        return Outcome(None, CorpusError(message))
    return run(function, item)


def _versions() -> dict[str, str]:
    found = {}
    for name in _DECISIVE:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


@contextmanager
def _cluster(workers: int, address: str | None) -> Iterator[Any]:
    """Give Ray, connected; what was started or joined here is left at the end."""
    os.environ.update({name: value for name, value in _SETTINGS.items() if name not in os.environ})
    try:
        ray: Any = importlib.import_module("ray")
    except ModuleNotFoundError:
        raise ExtraMissingError("ray", "ray") from None
    if ray.is_initialized() and address is None:
        yield ray
        return
    own: dict[str, Any] = {"address": address or "local"}
    if address is None:
        own |= {"num_cpus": workers, "include_dashboard": False, "object_store_memory": _STORE_BYTES}
    try:
        ray.init(**own, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        where = "on this machine" if address is None else f"at {address!r}"
        raise UsageError(f"No Ray cluster could be reached {where}: {_first_line(error)}") from None
    try:
        yield ray
    finally:
        ray.shutdown()


def _told(error: Exception) -> str:
    if type(error).__name__ in {"WorkerCrashedError", "OutOfMemoryError", "NodeDiedError"}:
        return (
            "A worker of the Ray cluster died again and again before its work was done "
            "(too little memory, perhaps: try fewer workers); nothing of it was used."
        )
    return f"The Ray cluster failed: {_first_line(error)}"


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
