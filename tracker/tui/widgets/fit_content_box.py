"""A box that is no higher than what stands in it."""

from __future__ import annotations

from textual.containers import Vertical
from textual.geometry import Size
from textual.widget import Widget


class FitContentBox(Vertical):
    """As high as its parts need, one below another; with too little room, that of `1fr` scrolls and the rest stays."""

    _has_relative_children_height = False
    """Otherwise a part of `1fr` would make the box as high as it may be."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines that all parts need together, those to be scrolled too."""
        parts = [part for part in self.displayed_children if isinstance(part, Widget)]
        return sum(
            part.get_content_height(container, viewport, width) + part.gutter.height + part.styles.margin.height
            for part in parts
        )
