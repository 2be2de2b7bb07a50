"""What all routes of the studio share: work off the event loop, and errors as answers."""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from vcam.errors import SettingsError, UsageError, VcamError
from vcam.translation import tr

P = ParamSpec("P")
T = TypeVar("T")
Endpoint = Callable[[Request], Awaitable[Response]]

THREADS, ASKING = 6, 4
"""Most threads that work at once, and most that wait for the running vcam, for all pages
together."""
NAME = "vcam-studio-work"
"""Beginning of the threads' names."""
STOP_S = 3.0
"""Longest time that the end of the studio waits for what the threads are doing."""


class TooLargeError(VcamError):
    """More was sent than is accepted."""


_working: ContextVar[ThreadPoolExecutor | None] = ContextVar("working", default=None)
_asking: ContextVar[ThreadPoolExecutor | None] = ContextVar("asking", default=None)


@contextmanager
def workers() -> Iterator[None]:
    """The threads of :func:`in_thread` and :func:`ask_in_thread`, inside the block."""
    pools = [ThreadPoolExecutor(most, NAME) for most in (THREADS, ASKING)]
    tokens = [kind.set(pool) for kind, pool in zip((_working, _asking), pools, strict=True)]
    try:
        yield
    finally:
        _working.reset(tokens[0])
        _asking.reset(tokens[1])
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        until_s = time.monotonic() + STOP_S
        for thread in threading.enumerate():
            if thread.name.startswith(NAME):
                thread.join(max(0.0, until_s - time.monotonic()))


async def in_thread(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """The result of a call that takes a while: on a thread, so that others are served."""
    return await _called(_working.get(), lambda: function(*arguments, **options))


async def ask_in_thread(
    function: Callable[P, T], *arguments: P.args, **options: P.kwargs
) -> T:
    """Like :func:`in_thread`, for calls that wait for the running vcam.

    They have threads of their own: a vcam that hangs holds up nothing else.
    """
    return await _called(_asking.get(), lambda: function(*arguments, **options))


async def _called(pool: ThreadPoolExecutor | None, call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, call)


def as_json(value: object, status: int = 200) -> Response:
    """``value`` as JSON in ASCII: names of files need not be text that UTF-8 can hold."""
    return Response(json.dumps(value), status, media_type="application/json")


def refusal(error: VcamError) -> dict[str, str]:
    """What the page shows of an error."""
    return {"error": error.what, "remedy": error.remedy}


def explained(endpoint: Endpoint) -> Endpoint:
    """``endpoint``, whose :class:`~vcam.errors.VcamError` becomes an answer for the page.

    Status 400 for what makes no sense, 413 for what is too large, 409 for what cannot be
    done now.
    """

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except VcamError as error:
            kinds = {UsageError: 400, SettingsError: 400, TooLargeError: 413}
            status = next((kinds[each] for each in kinds if isinstance(error, each)), 409)
            return as_json(refusal(error), status)
        except ClientDisconnect:  # or what it sent was longer than allowed
            return as_json({"error": tr("Too large, or cut off"), "remedy": ""}, 413)

    return answered
