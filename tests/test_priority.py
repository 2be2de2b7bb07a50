"""Beside programs that take all processors, the picture still moves."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from conftest import Eventually
from systems import linux_only
from tray_host import PrivateBus

from vcam import priority
from vcam.priority import NICE, RTKIT, raise_priority
from vcam.tray.dbus.bus import Bus
from vcam.tray.dbus.errors import BusError
from vcam.tray.dbus.exports import Interface, Method

pytestmark = linux_only("rtkit")


def mine() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def on_a_thread(do: Callable[[], object]) -> None:
    """Whatever it does to its thread's priority, the others keep theirs."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            do()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert not failed, failed


@pytest.fixture
def ordinary_user(monkeypatch: pytest.MonkeyPatch, session_bus: PrivateBus) -> PrivateBus:
    """Who may not raise a priority; the private bus is the system's."""

    def refused(which: int, who: int, nice: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refused)
    monkeypatch.setattr(os, "getpriority", lambda which, who: 0)  # the tests may be nice
    monkeypatch.setattr(priority, "_refused", threading.Event())
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", session_bus.address)
    return session_bus


@contextmanager
def rtkit(bus: PrivateBus, *, kind: bool = True) -> Iterator[list[tuple[int, int]]]:
    asked: list[tuple[int, int]] = []
    service = Bus(bus.address, lambda: None)

    def make(thread: int, nice: int) -> tuple[()]:
        asked.append((thread, nice))
        if not kind:
            raise BusError("org.freedesktop.DBus.Error.AccessDenied", "not in this session")
        return ()

    methods = {"MakeThreadHighPriority": Method("ti", "", make)}
    service.export("/org/freedesktop/RealtimeKit1", Interface(RTKIT, methods))
    assert service.own(RTKIT)
    try:
        yield asked
    finally:
        service.close()


def is_asking() -> bool:
    return any(each.name == "vcam-priority" for each in threading.enumerate())


def test_whoever_may_raise_a_priority_has_it_raised() -> None:
    def do() -> None:
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 0)
        except OSError:
            return  # this user may not
        raise_priority()
        assert mine() == NICE

    on_a_thread(do)


def test_an_ordinary_user_asks_the_systems_service(
    ordinary_user: PrivateBus, eventually: Eventually
) -> None:
    threads: list[int] = []

    def do() -> None:
        threads.append(threading.get_native_id())
        raise_priority()

    with rtkit(ordinary_user) as asked:
        on_a_thread(do)
        on_a_thread(do)
        eventually(lambda: len(asked) == 2)
    assert sorted(asked) == sorted((thread, NICE) for thread in threads)


def test_a_vcam_that_was_started_with_a_priority_of_its_own_keeps_it(
    session_bus: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", session_bus.address)

    def do() -> None:
        given = mine() + 5  # `nice vcam run`
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), given)
        raise_priority()
        assert mine() == given

    with rtkit(session_bus) as asked:
        on_a_thread(do)
        assert not is_asking() and not asked


@pytest.mark.parametrize("has_rtkit", [False, True])
def test_a_refusal_is_told_once_and_nobody_is_asked_again(
    ordinary_user: PrivateBus,
    has_rtkit: bool,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    if has_rtkit:
        with rtkit(ordinary_user, kind=False) as asked:
            on_a_thread(raise_priority)
            eventually(lambda: caplog.messages)
            on_a_thread(raise_priority)
            assert len(asked) == 1 and "not in this session" in caplog.text
    else:
        on_a_thread(raise_priority)
        eventually(lambda: caplog.messages)
        on_a_thread(raise_priority)
    assert caplog.text.count("keep their ordinary priority") == 1


def test_a_bus_that_hangs_holds_nothing_up(
    ordinary_user: PrivateBus, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(priority, "ANSWER_S", 0.2)
    ordinary_user.freeze()
    on_a_thread(raise_priority)
    eventually(lambda: not is_asking())
