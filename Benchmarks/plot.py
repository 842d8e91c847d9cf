"""Draws lines over a logarithmic axis as SVG, by hand: no library, in colours that can be read on white and on black."""
import dataclasses, math
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 330, 270, 62, 14, 58, 48
TEXT, GRID, COLOURS = "#7d8590", "#7d859040", ("#3b8eea", "#e0823d")


@dataclasses.dataclass
class Panel:
    """A plot: title, what the axes show, and for each line its points (x, y), x above 0."""
    title: str
    across: str
    up: str
    lines: dict


def draw(path, title, panels):
    """Writes the panels side by side."""
    width = WIDTH * len(panels)
    with open(path, "w") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" '
                   f'height="{HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="11" fill="{TEXT}">\n'
                   f"<title>{escape(title)}</title>\n")
        for index, panel in enumerate(panels):
            file.write(f'<g transform="translate({index * WIDTH} 0)">\n')
            file.writelines(part + "\n" for part in parts(panel))
            file.write("</g>\n")
        file.write("</svg>\n")


def parts(panel):
    """The elements of a panel."""
    points = [point for line in panel.lines.values() for point in line]
    low, high = (math.log10(choose(x for x, _ in points)) for choose in (min, max))
    step = nice(max(y for _, y in points) / 4)
    top = step * math.ceil(max(y for _, y in points) / step)

    def x(value):
        return round(LEFT + (math.log10(value) - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT), 1)

    def y(value):
        return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)

    yield text(LEFT, 16, panel.title, "start", 'font-weight="600" font-size="13"')
    yield text(LEFT - 50, TOP - 10, panel.up, "start")
    yield text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, panel.across)
    for index in range(round(top / step) + 1):
        value = index * step
        yield f'<path d="M{LEFT} {y(value)}H{WIDTH - RIGHT}" stroke="{GRID}"/>'
        yield text(LEFT - 6, y(value) + 4, f"{value:,g}", "end")
    for value in sorted({x_value for x_value, _ in points}):
        yield f'<path d="M{x(value)} {y(0)}v4" stroke="{TEXT}"/>'
        yield text(x(value), y(0) + 17, short(value))
    legend_x = LEFT
    for (name, line), colour in zip(panel.lines.items(), COLOURS):
        path = "L".join(f"{x(a)} {y(b)}" for a, b in line)
        yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for a, b in line:
            yield f'<circle cx="{x(a)}" cy="{y(b)}" r="3" fill="{colour}"><title>{short(a)}: {b:,.1f}</title></circle>'
        yield f'<path d="M{legend_x} 32h14" stroke="{colour}" stroke-width="2"/>'
        yield text(legend_x + 18, 36, name, "start")
        legend_x += 32 + 6 * len(name)


def text(x, y, content, anchor="middle", more=""):
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" {more}>{escape(content)}</text>'


def short(value):
    """1000 as 1k, a million as 1M."""
    for unit, sign in ((10**6, "M"), (1000, "k")):
        if value >= unit:
            return f"{value / unit:g}{sign}"
    return f"{value:g}"


def nice(value):
    """The next of 1, 2, 2.5, 5, 10, … that is not below a value."""
    power = 10 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= value * 0.999)
