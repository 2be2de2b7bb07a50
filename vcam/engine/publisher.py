"""The thread that keeps something on air, whatever happens: ``vcam-publisher``.

It owns the output: it opens it, sends a card at once, and from then on a picture whenever
one is finished and a card whenever none comes.  Pictures are made by a
:class:`~vcam.engine.producer.Producer` on a thread of its own; a driver or a model that
hangs stops only that one: the publisher keeps a card on air, abandons the stuck producer
and starts another.

While the user holds the picture, or nobody watches, there is no producer: the camera is
released, and what is on air is repeated, or the last seconds are played.  Nothing is kept
ready for the next viewer: opening a camera takes longer than loading the model, which takes
15 ms after the first time.
"""

import logging
import threading
import time
from contextlib import ExitStack, closing, suppress
from typing import Any

from vcam.backgrounds.room import Room
from vcam.engine.background_loader import BackgroundLoader
from vcam.engine.card_texts import ONE_MOMENT, card_text
from vcam.engine.factories import Factories, Timeouts
from vcam.engine.font_loader import PATIENCE_S, FontLoader
from vcam.engine.governor import Governor
from vcam.engine.inspection import Inspection
from vcam.engine.live_settings import LiveSettings
from vcam.engine.missing_output import MissingOutput
from vcam.engine.on_demand import OnDemand
from vcam.engine.producer import Producer
from vcam.engine.status_reporter import StatusReporter
from vcam.engine.stills import Stills
from vcam.errors import VcamError
from vcam.memory import give_back
from vcam.outputs import WatchedOutput, longest_pause_s, serve
from vcam.outputs.nothing import Nothing
from vcam.outputs.options import OutputOptions
from vcam.pipeline.privacy import Gate, Outdated, Withheld
from vcam.priority import raise_priority
from vcam.status import State
from vcam.stopwatch import stood_still
from vcam.translation import tr

log = logging.getLogger(__name__)


class Publisher:
    """One run of vcam, from start to stop.  Started and stopped by its owner, once."""

    def __init__(
        self,
        live: LiveSettings,
        factories: Factories,
        timeouts: Timeouts,
        loader: BackgroundLoader,
        reporter: StatusReporter | None = None,
    ) -> None:
        self._live, self._factories, self._timeouts = live, factories, timeouts
        self._loader = loader
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="vcam-publisher", daemon=True
        )
        self._stuck = 0
        # Identities of the cameras that were opened, by the names that the user gave: so
        # the same camera is opened again after an output or a producer was lost.
        self._identities: dict[str, str] = {}
        self._governor, self._fonts = Governor(), FontLoader()
        self._stills = Stills(live, self._card)
        self.on_air = reporter or StatusReporter(timeouts.stuck_s)
        """Knows the status."""
        self.reporter = self.on_air
        """The same; without an output, that of the pictures for a preview."""
        self._missing = MissingOutput(factories, self.on_air, timeouts.retry_s)
        self.on_demand = OnDemand(live, timeouts)
        """Knows whether a camera is needed."""
        self.inspection = Inspection()
        """Keeps the frame behind the picture on air while a preview asks for it."""
        self.gate: Gate | None = None
        """The gate of the open output, or of a preview; ``None`` while there is none."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Have the publisher check at once what has changed."""
        self._wake.set()

    def stop(self) -> None:
        """Ask it to end and wait, within bounds; a driver that hangs is left behind."""
        self._stopping.set()
        gate = self.gate
        if gate is not None:
            gate.close()
        self.wake()
        self._thread.join(self._timeouts.quit_s)
        if self._thread.is_alive():
            log.error("the output does not close; it is left behind")
            if gate is not None:
                gate.abandon()

    # From here on: only the publisher thread.

    def _run(self) -> None:
        raise_priority()
        try:
            self._publish()
        finally:
            self._stills.close()

    def _publish(self) -> None:
        while not self._stopping.is_set():
            options = self._live.settings.output
            try:
                self._with_output(self._factories.open_output(options), options)
                continue  # another output is chosen
            except Exception as error:
                self._missing.because(error)
            self._stopping.wait(self._timeouts.retry_s)
            if self.on_demand.previewed:
                self._preview(options)

    def _preview(self, options: OutputOptions) -> None:
        """Without an output: make the pictures for a preview; they go nowhere else."""
        self.reporter = StatusReporter(self._timeouts.stuck_s)
        try:
            self._with_output(Nothing(options.size), options)
        except Exception:
            log.exception("a bug in the preview")
        finally:
            self.reporter = self.on_air

    def _with_output(self, opened: WatchedOutput, options: OutputOptions) -> None:
        with closing(opened) as output, closing(Gate(output, self._live.choice)) as gate:
            self.gate = gate
            self.reporter.output_opened(output, gate)
            try:
                self._fonts.look(self._live.settings.lettering.font, PATIENCE_S)
                # Programs list the virtual camera only once something is sent.
                self._card(gate, ONE_MOMENT)
                while self._wanted(options):
                    self._poll(output)
                    if self.on_demand.rest:
                        self._rest(gate, output, options)
                    else:
                        self._with_producer(gate, output, options)
            finally:
                self.gate = None
                self._fonts.close()
                self.reporter.output_closed()

    def _wanted(self, options: OutputOptions) -> bool:
        output, previewing = self._live.settings.output, self.reporter is not self.on_air
        same = output == options if previewing else output.same_camera(options)
        if self._stopping.is_set() or not same:
            return False
        return not previewing or (self.on_demand.previewed and self._missing.still(options))

    def _poll(self, output: WatchedOutput) -> None:
        settings = self._live.settings
        self._timeouts = self._timeouts.sending_within(longest_pause_s(output))
        self._stills.prepare(output.size)
        serve(output, settings.output.serve)
        self._fonts.look(settings.lettering.font)
        self.reporter.lettered(self._fonts.trouble)
        if audience := self.on_demand.poll(output):
            self.reporter.watched_by(audience.names)

    def _rest(self, gate: Gate, output: WatchedOutput, options: OutputOptions) -> None:
        """Without a camera, until the settings change or somebody watches."""
        give_back()
        due_s, watched = float("-inf"), False
        while self._wanted(options) and (rest := self.on_demand.rest):
            now_s, before, watched = time.monotonic(), watched, self.on_demand.watched
            news = rest is not self.reporter.status.state or watched is not before
            if news or now_s >= due_s or gate.overexposed:
                self._stills.show(gate, rest)
                changes_in_s = self._stills.changes_in_s(gate, rest, watched=watched)
                due_s = time.monotonic() + min(self._timeouts.rest_every_s, changes_in_s)
            self.reporter.resting(rest, card_trouble=self._stills.trouble)
            wait_s = max(0.0, due_s - time.monotonic())
            self._wake.wait(min(self._timeouts.poll_every_s, wait_s))
            self._wake.clear()
            self._poll(output)

    def _with_producer(
        self, gate: Gate, output: WatchedOutput, options: OutputOptions
    ) -> None:
        producer = Producer(
            self._live,
            options,
            self._factories,
            self._timeouts,
            self._loader,
            self._governor,
            self._identities,
            self.inspection,
        )
        self.reporter.producer_started()
        producer.start()
        with ExitStack() as ending:
            # Last, and even if the output fails: nothing else releases the camera.
            ending.callback(self._end, gate, producer)
            ending.callback(self.inspection.show, None)
            ending.callback(self._cover, gate, producer)
            self._serve(gate, output, producer, options)

    def _end(self, gate: Gate, producer: Producer) -> None:
        """Have it end; what is wanted is on air meanwhile."""
        producer.end()
        until_s = time.monotonic() + self._timeouts.stop_s
        try:
            while producer.is_running and not self._stopping.is_set():
                if time.monotonic() > until_s:
                    break
                if not self._stills.waits(gate, self.on_demand.rest):
                    self._cover(gate, producer)
        finally:
            producer.stop(max(0.0, until_s - time.monotonic()))

    def _cover(self, gate: Gate, producer: Producer) -> None:
        """Replace what must not be seen any more before the slow end of a producer."""
        rest = None if self._stopping.is_set() else self.on_demand.rest
        if rest or gate.overexposed:
            with suppress(VcamError):
                self._stills.show(gate, rest)
                if rest and rest.is_held:
                    self.reporter.resting(rest, producer.source_name)

    def _serve(
        self, gate: Gate, output: WatchedOutput, producer: Producer, options: OutputOptions
    ) -> None:
        """Publish pictures until something else is wanted or the producer is stuck."""
        began_with, timeouts = self._live.settings, self._timeouts
        wait_s = timeouts.card_every_s / 4
        awake_s = heard_s = sent_s = time.monotonic()
        while self._wanted(options):
            begun_s = time.monotonic()
            picture = producer.take(min(wait_s, gate.due_in_s))
            now_s = time.monotonic()
            if stood_still(now_s - begun_s, wait_s):
                awake_s = heard_s = now_s  # silence counts from now on
            self._poll(output)
            self.inspection.expire()
            if self.on_demand.rest:
                return
            try:
                if picture is not None:
                    gate.publish(picture)
                    self.inspection.show(picture)
            except Outdated:
                picture = None  # the one for the new choice is under way
            except Withheld as verdict:
                self._card(gate, card_text(verdict))
                self.reporter.trouble(verdict)
                sent_s = now_s
                continue
            if picture is not None:
                heard_s = sent_s = time.monotonic()
                self._stuck = 0
                self.reporter.live(
                    producer.source_name,
                    producer.quality,
                    picture.frame.captured_s,
                    sent_s,
                    producer.costs_ms,
                    *(producer.loading, producer.mask_engine, producer.overlay_trouble),
                )
                continue
            silent_s = now_s - heard_s
            if silent_s < timeouts.opening_s and self._stills.play_on(gate):
                sent_s = now_s
                continue
            if self._is_stuck(producer, min(producer.silent_s(now_s), now_s - awake_s)):
                self._card(gate, ONE_MOMENT)
                self.reporter.trouble(VcamError(*map(tr, producer.step.value)))
                return
            if producer.failed and self._live.settings is not began_with:
                return  # other settings, another try
            if self._card_is_due(gate, producer, now_s - sent_s, silent_s):
                self._card(gate, card_text(producer.trouble))
                sent_s = now_s
            self._explain(producer, silent_s)

    def _is_stuck(self, producer: Producer, silent_s: float) -> bool:
        if silent_s <= self._timeouts.stuck_s * 2 ** min(self._stuck, 6):
            return False
        log.error("the producer is stuck in %s; starting another", producer.step.name)
        self._stuck += 1
        return True

    def _card_is_due(
        self, gate: Gate, producer: Producer, unsent_s: float, silent_s: float
    ) -> bool:
        # What is on air stays there, still, for a moment; the plain room does not.
        if gate.overexposed and isinstance(gate.background, Room):
            return True
        silent = silent_s > self._timeouts.silence_s
        due = unsent_s >= self._timeouts.card_every_s
        return due and (gate.overexposed or producer.trouble is not None or silent)

    def _explain(self, producer: Producer, silent_s: float) -> None:
        """Report what keeps the pictures from coming, once it has lasted."""
        timeouts, state = self._timeouts, self.reporter.status.state
        if producer.failed:
            broken = producer.trouble or VcamError(tr("Something broke"))
            self.reporter.trouble(broken, State.FAILED)
        elif producer.trouble is not None:
            self.reporter.trouble(producer.trouble)
        elif (state is State.LIVE and silent_s > timeouts.silence_s) or (
            state is State.STARTING and silent_s > timeouts.opening_s
        ):
            self.reporter.no_pictures()

    def _card(self, gate: Gate, *parts: Any, gently: bool = False) -> None:
        self.inspection.show(None)
        gate.card(*parts, gently=gently, face=self._fonts.face)
        self.reporter.card_sent()
