"""The formats of pictures: those that cameras offer, and the one to ask for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from vcam.frames import Size
from vcam.pipewire import pods

MJPG = 0x20002
"""The subtype of single JPEG pictures, from ``spa/param/format.h``."""
USUAL = Size(1280, 720)
"""The size that is asked for when none is wanted and any is possible."""
LAYOUTS = {
    "NV12": 23,
    "YU12": 2,
    "YUYV": 4,
    "UYVY": 5,
    "BGR": 16,
    "RGB": 15,
    "BGRx": 8,
    "RGBx": 7,
    "BGRA": 12,
    "RGBA": 11,
    "GREY": 25,
}
"""The raw formats that are understood, the best first, by their names in V4L2 where they
have one; from ``spa/param/video/raw.h``."""
KINDS = (*LAYOUTS, "MJPG")
"""Every format that is understood; what costs most to decode comes last."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a camera can do in one format."""

    kind: str
    """One of :data:`KINDS`."""
    sizes: pods.Values
    rates: pods.Values | None
    """None when the camera does not say."""
    full_range: bool = False
    """Whether black is 0 and white 255, not 16 and 235; for luma and chroma."""

    @property
    def pod(self) -> bytes:
        """As bytes; for an offer of one size and at most one rate."""
        raw = self.kind != "MJPG"
        return pods.video_format(
            self.sizes.each[0],
            self.rates.each[0] if self.rates else None,
            pods.RAW if raw else MJPG,
            LAYOUTS.get(self.kind),
            stepped=any(each and each.step for each in (self.sizes, self.rates)),
        )


def offers_in(address: int) -> Iterator[Offer]:
    """The offers in the format at ``address``; none when it is not understood."""
    found = pods.properties(address)
    sizes, rates = found.get(pods.VIDEO_SIZE), found.get(pods.VIDEO_RATE)
    subtypes = found.get(pods.MEDIA_SUBTYPE)
    if sizes is None or subtypes is None:
        return
    told = found.get(pods.VIDEO_RANGE)
    full_range = told is not None and told.each[0] == pods.FULL_RANGE
    if MJPG in subtypes.each:
        yield Offer("MJPG", sizes, rates)
    layouts = found.get(pods.VIDEO_FORMAT)
    if pods.RAW in subtypes.each and layouts is not None:
        names = {number: name for name, number in LAYOUTS.items()}
        for layout in layouts.each:
            if layout in names:
                yield Offer(names[layout], sizes, rates, full_range)


def choose(
    offers: Sequence[Offer], kind: str, size: Size | None, fps: float | None
) -> Offer | None:
    """What to ask for: one format, one size and at most one rate; None if nothing fits.

    An empty ``kind`` means any.  A larger picture is better than a smaller one, and a
    quicker one than a slower; both as little as possible.
    """
    exact = [
        (_size_in(offer.sizes, size), _rate_in(offer.rates, fps), offer)
        for offer in offers
        if kind in ("", offer.kind)
    ]
    if not exact:
        return None

    def loss(mode: tuple[Size, Fraction | None, Offer]) -> tuple[float, ...]:
        width, height = wanted = size or mode[0]
        smaller = mode[0].width < width or mode[0].height < height
        area = abs(mode[0].width * mode[0].height - wanted.width * wanted.height)
        slower = max(0.0, (fps or 0.0) - float(mode[1])) if mode[1] else 0.0
        return smaller, area, round(slower, 1), KINDS.index(mode[2].kind)

    best, rate, offer = min(exact, key=loss)
    rates = (
        offer.rates._replace(each=(rate,), between=False) if offer.rates and rate else None
    )
    return Offer(offer.kind, offer.sizes._replace(each=(best,), between=False), rates)


def _size_in(sizes: pods.Values, wanted: Size | None) -> Size:
    if sizes.between:
        least, most = sizes.each
        width, height = wanted or USUAL
        across, down = sizes.step or (1, 1)
        return Size(
            _stepped(least.width, most.width, across, width),
            _stepped(least.height, most.height, down, height),
        )
    first: Size = sizes.each[0]
    if wanted is None:
        return first
    width, height = wanted

    def loss(size: Size) -> tuple[bool, int]:
        smaller = size.width < width or size.height < height
        return smaller, abs(size.width * size.height - width * height)

    best: Size = min(sizes.each, key=loss)
    return best


def _stepped(least: int, most: int, step: int, wanted: int) -> int:
    """The first step that is large enough, or else the last."""
    step = max(1, step)
    steps = min(-((least - wanted) // step), (most - least) // step)
    return least + step * max(0, steps)


def _rate_in(rates: pods.Values | None, wanted: float | None) -> Fraction | None:
    if rates is None:
        return None
    each: tuple[Fraction, ...] = rates.each
    if rates.between:
        exact = Fraction(wanted or 30).limit_denominator(1001)
        return max(each[0], min(exact, each[1]))
    if wanted is None:
        return max(each)
    quick_enough = [rate for rate in each if float(rate) > wanted - 0.5]
    return min(quick_enough) if quick_enough else max(each)
