"""Ports of the loopback interface that nobody listens on."""

from __future__ import annotations

import secrets
import socket

from corpus.errors import ServerError

__all__ = ["HOST", "any_free_port", "is_free"]

HOST = "127.0.0.1"
"""The only address that servers of ours listen on."""


def is_free(port: int) -> bool:
    """Tell whether nothing listens on the port and it can be bound.

    Raises:
        ServerError: it is no port.
    """
    if not 0 < port < 65536:
        raise ServerError(f"A port is a number from 1 to 65535, got {port}.")
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def any_free_port() -> int:
    """Return a free port below those that systems give to outgoing connections: it will be free again.

    Raises:
        ServerError: a hundred tries met none.
    """
    for _ in range(100):
        port = 20_000 + secrets.randbelow(10_000)
        if is_free(port):
            return port
    raise ServerError(f"No port of {HOST} between 20000 and 30000 is free: name another with `port=`.")
