"""Colours as CSS writes them."""

import re


def parse_color(text: str) -> tuple[int, int, int, int] | None:
    """Red, green, blue, opacity (0..255 each) of a CSS colour, or ``None``."""
    written = text.strip().lower()
    if re.fullmatch("#[0-9a-f]{6}", written):  # the usual way needs no library
        red, green, blue = bytes.fromhex(written[1:])
        return red, green, blue, 255
    from PIL import ImageColor

    # Pillow reads the comma form of CSS; the space form is the same with other commas.
    inside = re.fullmatch(r"((?:rgb|hsl)a?)\(([^()]*)\)", written)
    if inside:
        numbers = re.split(r"[\s,/]+", inside[2].strip())
        name = inside[1].rstrip("a")
        if len(numbers) == 4:
            opacity = _opacity(numbers.pop())
            if opacity is None:
                return None
        else:
            opacity = 255
        written = f"{name}({','.join(number.removesuffix('deg') for number in numbers)})"
    else:
        opacity = None
    try:
        parsed = ImageColor.getrgb(written)
    except ValueError:
        return None
    red, green, blue, *rest = parsed
    if max(parsed) > 255 or min(parsed) < 0:
        return None
    return red, green, blue, rest[0] if rest else 255 if opacity is None else opacity


def _opacity(text: str) -> int | None:
    try:
        share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None
    return round(255 * share) if 0 <= share <= 1 else None
