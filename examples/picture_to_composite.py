"""Cut the person out of a photograph and put them somewhere else.

    python picture_to_composite.py ME.jpg BACKGROUND OUT.png

BACKGROUND is a picture, a colour such as '#00b140', or ``blur``.  The mask is written
to OUT-mask.png: white is the person.
"""

import sys
from pathlib import Path

import cv2

from vcam import Pipeline
from vcam.errors import VcamError
from vcam.imaging.pictures import load_picture


def main(photograph: str, background: str, out: str) -> None:
    """Write the composite to ``out``, and the mask beside it."""
    image = load_picture(Path(photograph))  # upright, uint8, BGR
    with Pipeline(background, preset="best") as pipeline:
        result = pipeline.process(image, captured_s=0.0)
    path = Path(out)
    mask = path.with_name(f"{path.stem}-mask.png")
    cv2.imwrite(str(path), result.image)
    cv2.imwrite(str(mask), result.alpha)
    share = result.alpha.mean() / 255
    print(f"{path}, {mask}: {share:.0%} of the picture is the person")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except VcamError as error:
        sys.exit(str(error))
