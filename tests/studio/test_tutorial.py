"""*How it works*: what the page says of a picture is true, and its code runs."""

import ast
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from systems import WINDOWS

from vcam.backgrounds.choosing import choose
from vcam.backgrounds.color import Color
from vcam.errors import UsageError
from vcam.frames import Image, Size
from vcam.presenter import Presenter
from vcam.studio.environment import applied
from vcam.studio.lesson import Lesson, Steadiness, steadiness, study

pytest.importorskip("matplotlib", reason="Matplotlib is not installed (extra studio)")

from vcam.studio.lesson_html import STEPS, steps

SIZE = Size(640, 360)


@pytest.fixture(scope="module")
def person() -> Image:
    return Presenter(SIZE).draw(1.0).image


@pytest.fixture(scope="module")
def measured() -> Steadiness:
    return steadiness()


@pytest.fixture(scope="module")
def lesson(person: Image) -> Lesson:
    return study(person, "standard", choose("beach"), 0.5)


def codes(page: tuple[str, ...]) -> list[str]:
    """The lines of code of all steps, as they are seen."""
    blocks = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", "".join(page), re.S)
    text = "\n".join(re.sub(r"</?i>", "", block) for block in blocks)
    return html.unescape(text).splitlines()


def said_of(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return f"{value:.3f}"
    if isinstance(value, np.ndarray) and value.dtype == float:
        return f"[{' '.join(f'{each:.1f}' for each in value)}]"
    if isinstance(value, np.ndarray):
        return f"[{' '.join(map(str, value))}]"
    return str(value)


@pytest.mark.parametrize(
    ("preset", "background"), [("light", "white"), ("standard", "beach"), ("best", "blur")]
)
def test_the_code_on_the_page_runs_and_gives_the_numbers_beside_it(
    preset: str,
    background: str,
    person: Image,
    measured: Steadiness,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = steps(study(person, preset, choose(background), 0.35), measured)
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("me.png", person)
    names: dict[str, Any] = {}
    checked = 0
    lines = codes(page)
    source, last = "\n".join(lines), None
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Expr):
            code = ast.unparse(statement)
            value = eval(code, names)
            here, below = (*lines[statement.lineno - 1 :], "")[:2]
            if below.startswith("#"):
                here += below
            if "#" in here:
                said = here.partition("#")[2].strip()
                assert said.startswith(said_of(value)), f"{code}: {value}, not {said}"
                checked += 1
        else:
            exec(compile(ast.Module([statement], []), "page", "exec"), names)
        last = statement
    assert last is not None and checked >= 9


def test_the_numbers_of_the_pixel_are_those_of_the_result(lesson: Lesson) -> None:
    pixel = lesson.pixel
    assert pixel is not None and 64 < pixel.alpha < 192
    assert lesson.alpha[pixel.y, pixel.x] == pixel.alpha
    assert tuple(lesson.result[pixel.y, pixel.x]) == pixel.result
    share = pixel.alpha / 255
    for one, other, mixed in zip(pixel.person, pixel.background, pixel.result, strict=True):
        assert share * one + (1 - share) * other == pytest.approx(mixed, abs=2)


def test_the_enlarged_part_is_at_the_edge_of_the_head(lesson: Lesson) -> None:
    part = lesson.edge.of(lesson.alpha)
    assert 0.1 < (part > 127).mean() < 0.9
    assert lesson.edge.top < lesson.frame.shape[0] // 2
    assert list(lesson.edges) == ["", "light", "standard", "best"]
    assert len({image.tobytes() for image in lesson.edges.values()}) == 4
    assert set(np.unique(lesson.edge.of(lesson.hard))) == {0, 255}


def test_a_higher_threshold_leaves_less_of_the_person(person: Image) -> None:
    low, high = (
        study(person, "light", Color("black"), threshold) for threshold in (0.05, 0.95)
    )
    assert (low.hard > 0).sum() > (high.hard > 0).sum() > 0


def test_smoothing_calms_and_refining_sharpens(measured: Steadiness) -> None:
    assert measured.flicker[1] < 0.7 * measured.flicker[0]
    assert measured.error[1] < 0.8 * measured.error[0]
    rough, smooth = (image.mean() for image in measured.spread)
    assert rough > smooth


def test_the_steps_are_safe_and_complete_html(lesson: Lesson, measured: Steadiness) -> None:
    page = steps(lesson, measured)
    assert len(page) == STEPS
    for number, step in enumerate(page, 1):
        assert f'<span class="number">{number}</span>' in step
        assert "\n\n" not in step, "Markdown would end the HTML there"
        assert not re.search(r"<script|\son\w+=|https?:", step)
        images = re.findall(r"<img[^>]*>", step)
        assert all(re.search(r'alt="\w', image) for image in images)
        sources = re.findall(r'(?:src|srcset)="([^"]{0,40})', step)
        assert sources and all(each.startswith("data:image/") for each in sources)


def test_where_nobody_is_the_page_says_so(measured: Steadiness) -> None:
    wall = np.full((90, 160, 3), 128, np.uint8)
    page = steps(study(wall, "standard", Color("black"), 0.5), measured)
    assert "Nobody is seen" in page[5]


def test_a_large_picture_is_scaled_down_and_this_is_said(measured: Steadiness) -> None:
    large = cv2.resize(Presenter(SIZE).draw(1.0).image, (1600, 1200))
    found = study(np.asarray(large, np.uint8), "light", Color("black"), 0.5)
    assert Size.of(found.frame) == Size(960, 720)
    assert "Yours has 1600x1200; here it is scaled to 960x720" in steps(found, measured)[0]


@pytest.mark.parametrize("size", [Size(16, 16), Size(2000, 10)])
def test_a_picture_that_can_show_nobody_is_refused(size: Size) -> None:
    image = np.zeros((size.height, size.width, 3), np.uint8)
    with pytest.raises(UsageError, match=f"{size} is too small or too narrow"):
        study(image, "light", Color("black"), 0.5)


def is_html(output: object) -> bool:
    """Or else it is what leaves a step as it is."""
    return isinstance(output, str)


class TestWithGradio:
    """The page itself.  Browsers look at it in the tests of the studio."""

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def environment(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
        with applied(tmp_path_factory.mktemp("gradio")):
            pytest.importorskip("gradio", reason="Gradio is not installed (extra studio)")
            yield

    @pytest.fixture(scope="class")
    @classmethod
    def app(cls) -> Any:
        from vcam.studio.tutorial import application

        return application(32)

    @pytest.fixture(scope="class")
    @classmethod
    def page(cls, app: Any) -> Any:
        """Gradio's part of it."""
        (mount,) = app.routes
        return getattr(mount, "app", None)

    def test_its_steps_are_there_before_anybody_does_anything(self, page: Any) -> None:
        texts = [
            each["props"].get("value") or ""
            for each in page.get_blocks().config["components"]
            if each["type"] == "markdown"
        ]
        assert sum("<section class=" in text for text in texts) == STEPS

    def test_no_event_waits_in_a_queue_or_is_offered_to_programs(self, page: Any) -> None:
        config = page.get_blocks().config
        assert len(config["dependencies"]) == 4
        for event in config["dependencies"]:
            assert event["queue"] is False and event["api_visibility"] == "undocumented"
            assert not event["js"]
        assert not [each for each in config["components"] if each["type"] == "html"]
        assert not config["analytics_enabled"]
        assert page.startup_events_triggered, "nothing polls"

    def test_a_picture_is_taken_through_the_steps(
        self, person: Image, tmp_path: Path
    ) -> None:
        from vcam.studio.tutorial import Lessons

        path = tmp_path / "me.png"
        cv2.imwrite(str(path), person)
        notice, *page = Lessons()(str(path), "best", "white", 0.4)
        assert notice == "" and len(page) == STEPS
        assert "360 rows, 640 columns" in page[0] and "Above 0.40" in page[3]

    def test_pictures_that_were_sent_long_ago_are_removed(
        self, person: Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from vcam.studio import tutorial

        monkeypatch.setattr(tutorial, "KEPT", 1)
        lessons = tutorial.Lessons()
        paths = [tmp_path / name for name in ("one.png", "other.png")]
        for path in paths:
            cv2.imwrite(str(path), person)
            lessons(str(path), "light", "black", 0.5)
            lessons(str(path), "light", "white", 0.5)
        assert [path.exists() for path in paths] == [False, True]

    @pytest.mark.parametrize("background", ["room", "/etc/passwd", "cam.png", ""])
    def test_only_backgrounds_that_are_offered_can_be_chosen(self, background: str) -> None:
        from vcam.studio.tutorial import Lessons

        notice, *page = Lessons()(None, "light", background, 0.5)
        assert "There is no background" in notice and not any(map(is_html, page))

    def test_what_is_no_picture_is_explained_without_its_place(
        self, tmp_path: Path
    ) -> None:
        from vcam.studio.tutorial import Lessons

        path = tmp_path / ("me & you.png" if WINDOWS else "me <b>.png")
        path.write_bytes(b"no picture")
        notice, *page = Lessons()(str(path), "light", "black", 0.5)
        assert (
            html.escape(f"{path.name}' is not a picture") in notice and "Choose a" in notice
        )
        assert str(tmp_path) not in notice and not any(map(is_html, page))

    def test_its_doors_are_closed(self, app: Any, page: Any) -> None:
        paths = {getattr(route, "path", "") for route in app.routes}
        assert paths == {"/how"}, "neither docs nor a schema"
        blocks = page.get_blocks()
        assert blocks.max_file_size == 32 << 20
        assert not (blocks.enable_monitoring or blocks.mcp_server or blocks.share)
        assert blocks.allowed_paths == [] and not blocks.ssr_mode
        assert page.openapi_url is None and page.docs_url is None
        assert "fonts.g" not in json.dumps(blocks.config) + blocks.theme_css
