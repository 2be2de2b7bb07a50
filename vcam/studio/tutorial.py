"""*How it works*: the page that explains a mask step by step, made with Gradio.

Importing this module imports Gradio, which takes seconds: see :mod:`vcam.studio.how`.
What Gradio offers beyond the page is switched off here by its arguments; the variables of
the environment were set before, and the guard lets only a few of its routes pass.

No event uses Gradio's queue, and its start is marked as done: it would poll.
"""

import asyncio
from collections import deque
from html import escape
from pathlib import Path
from typing import Any, Final

import gradio as gr
from fastapi import FastAPI
from gradio.data_classes import ImageData
from gradio.utils import get_upload_folder
from starlette.routing import Mount

from vcam.backgrounds import Background
from vcam.backgrounds.choosing import GALLERY, choose, gallery
from vcam.backgrounds.picture import Picture
from vcam.errors import PictureError, VcamError
from vcam.frames import Image
from vcam.imaging.pictures import load_picture
from vcam.masking.names import PRESET_NAMES
from vcam.presenter import Presenter
from vcam.studio.lesson import LARGEST, steadiness, study
from vcam.studio.lesson_html import NAMES, STEPS, steps
from vcam.translation import tr, translatable

PATH: Final = "/how"
"""Where the page is; its own addresses all begin so."""
STYLE: Final = Path(__file__).parent / "static" / "tutorial.css"
FONTS: Final = ("system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONOSPACED: Final = ("ui-monospace", "Menlo", "Consolas", "Liberation Mono", "monospace")
PLAIN: Final = {
    translatable("Blur"): "blur",
    translatable("Bokeh"): "bokeh",
    translatable("Black"): "black",
    translatable("White"): "white",
    translatable("Green"): "#00b140",
}
"""Backgrounds beside those of the gallery."""
FIRST_SHOWN: Final = "beach"
"""The background at first, if the gallery has it."""
KEPT: Final = 4
"""Pictures that were sent and may be looked at again; older ones are removed."""
INTRODUCTION: Final = translatable(
    "From a picture to its mask to another background, step by step, with the numbers of "
    "your own picture. It stays on this computer. Until you choose one, a drawn person is "
    "shown."
)
SWITCHED_OFF: Final[dict[str, Any]] = {
    "server_name": "127.0.0.1",
    "root_path": "",
    "allowed_paths": [],
    "footer_links": [],
    "run_history": False,
    "ssr_mode": False,
    "enable_monitoring": False,
    "pwa": False,
    "mcp_server": False,
    "show_error": False,
    "app_kwargs": {"docs_url": None, "redoc_url": None, "openapi_url": None},
}
"""What Gradio would otherwise offer: to other machines, to other programs, to search."""


def application(max_upload_mb: int) -> FastAPI:
    """The page at :data:`PATH`, ready to be served."""
    # Where no event loop runs, Gradio makes some and leaves them open.
    return asyncio.run(_application(max_upload_mb))


async def _application(max_upload_mb: int) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    gr.mount_gradio_app(
        app,
        build(),
        PATH,
        max_file_size=f"{max_upload_mb}mb",
        theme=_theme(),
        css_paths=[STYLE],
        **SWITCHED_OFF,
    )
    (page,) = (route.app for route in app.routes if isinstance(route, Mount))
    page.startup_events_triggered = True  # type: ignore[attr-defined]
    return app


def build() -> gr.Blocks:
    """The page, with the steps of the drawn presenter."""
    backgrounds = offered()
    first = FIRST_SHOWN if FIRST_SHOWN in backgrounds.values() else "blur"
    lessons = Lessons()
    page: gr.Blocks
    with gr.Blocks(
        title=tr("vcam: how it works"), analytics_enabled=False, fill_width=True
    ) as page:
        gr.Markdown(tr(INTRODUCTION), elem_id="intro")
        with gr.Row(elem_id="controls"):
            picture = gr.Image(
                label=tr("Your picture"),
                show_label=False,
                sources=["upload", "clipboard", "webcam"],
                type="filepath",
                buttons=[],
                height=232,
                elem_id="picture",
                placeholder=tr("Choose a picture of yourself, or drop it here"),
                webcam_options=gr.WebcamOptions(mirror=False),
            )
            # Not in a class of ours: Gradio would write a file beside its source.
            picture.preprocess = _path_of  # type: ignore[method-assign]
            with gr.Column(elem_id="dials", min_width=300):
                preset = gr.Radio(
                    [(tr(NAMES[name]), name) for name in PRESET_NAMES],
                    value="standard",
                    label=tr("Preset"),
                )
                background = gr.Dropdown(
                    list(backgrounds.items()), value=first, label=tr("Background")
                )
                threshold = gr.Slider(
                    *(0.05, 0.95, 0.5), step=0.05, label=tr("Threshold, in step 4")
                )
        lesson = study(example(), "standard", choose(first), 0.5)
        shown = [gr.Markdown("", sanitize_html=False, elem_id="notice")]
        shown += [
            gr.Markdown(html, sanitize_html=False, elem_classes="step-card")
            for html in steps(lesson, steadiness())
        ]
        inputs = [picture, preset, background, threshold]
        for each in inputs:
            # Mounted, Gradio checks no path: it would copy any file, and download.
            setattr(each, "async_move_resource_to_block_cache", _sent)  # noqa: B010 - typed
        for changed in (
            picture.change,
            preset.input,
            background.input,
            threshold.release,
        ):
            changed(
                lessons,
                inputs,
                shown,
                queue=False,
                show_progress="minimal",
                show_progress_on=[picture],
                trigger_mode="always_last",
                api_visibility="undocumented",
            )
    return page


def _path_of(payload: ImageData | None) -> str | None:
    """The file as it was sent: vcam decodes it, within its own limits, and removes it."""
    return None if payload is None else _uploaded(payload.path)


async def _sent(path: str | Path | None) -> str | None:
    """In place of the copy that Gradio makes of a file that an event names."""
    return _uploaded(None if path is None else str(path))


def _uploaded(path: str | None) -> str:
    """``path`` if Gradio wrote it into its folder for uploads; raises ``gr.Error``."""
    folder = Path(get_upload_folder()).resolve()
    try:
        found = Path(path or "").resolve()
    except (OSError, ValueError):  # too long, or with a NUL in it
        found = folder
    if found.parent.parent != folder:
        raise gr.Error(tr("This picture was not sent here"), print_exception=False)
    return str(found)


def offered() -> dict[str, str]:
    """The backgrounds that can be chosen, by what the page calls them."""
    pictures = {
        (entry.title if entry.path.parent == GALLERY else entry.name): entry.name
        for entry in gallery()
        if entry.kind == Picture.kind
    }
    plain = {tr(title): name for title, name in PLAIN.items()}
    return plain | {title.capitalize(): name for title, name in pictures.items()}


class Lessons:
    """Makes the steps of what was sent, and removes pictures that were sent long ago."""

    def __init__(self) -> None:
        self._sent: deque[Path] = deque()

    def __call__(
        self, picture: str | None, preset: str, background: str, threshold: float
    ) -> tuple[Any, ...]:
        """The HTML of what went wrong, if anything, and of each step.

        After an error the steps stay as they are.
        """
        try:
            image = example() if picture is None else self._loaded(Path(picture))
            lesson = study(image, preset, _named(background), threshold)
            return "", *steps(lesson, steadiness())
        except VcamError as error:
            # Gradio would say "Error" and nothing else.
            said = f'<p role="alert">{escape(str(error))}</p>'
            return said, *(gr.skip() for _ in range(STEPS))

    def _loaded(self, path: Path) -> Image:
        if path not in self._sent:
            self._sent.append(path)
        while len(self._sent) > KEPT:
            self._sent.popleft().unlink(missing_ok=True)
        try:
            return load_picture(path, at_least=LARGEST)
        except PictureError as error:
            # Where it lies is of no use to anybody.
            what = error.what.replace(str(path), path.name)
            raise PictureError(what, error.remedy) from error


def example() -> Image:
    """The drawn presenter, until a picture is there."""
    return Presenter(LARGEST).draw(1.0).image


def _named(background: str) -> Background:
    """Only what is offered: no path, and not the plain room."""
    if background not in offered().values():
        raise VcamError(
            tr("There is no background {name!r} here", name=background),
            tr("Choose another"),
        )
    return choose(background)


def _theme() -> gr.themes.Base:
    return gr.themes.Base(
        primary_hue="cyan", neutral_hue="slate", font=FONTS, font_mono=MONOSPACED
    )
