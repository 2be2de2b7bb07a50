"""Neck, shoulders and jumper."""

from vcam.sources.presenter.paint import Canvas, Sprite, curve, mirrored, over

_OUTLINE = [
    (640, 380),
    (684, 380),
    (690, 450),
    (730, 486),
    (820, 516),
    (866, 566),
    (890, 660),
    (900, 800),
    (640, 800),
]


def paint_body(scale: float) -> Sprite:
    """Neck, shoulders and upper arms, in the design coordinates of the picture."""
    canvas = Canvas(350, 370, 930, 800, scale)
    whole = canvas.filled(mirrored(_OUTLINE, 640), 0.5)
    neck = canvas.filled(
        curve(mirrored([(640, 380), (684, 380), (686, 470), (640, 520)], 640), closed=True),
        1,
    )
    paint = over(canvas.plain((110, 90, 50)), (120, 150, 205), neck)
    return canvas.sprite(paint, whole)
