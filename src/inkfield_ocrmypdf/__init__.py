"""inkfield as the OCR engine of OCRmyPDF: handwriting in its searchable PDFs, and so in paperless-ngx.

Where inkfield and OCRmyPDF are installed together OCRmyPDF finds the plugin by itself (entry point ``ocrmypdf``);
``--plugin inkfield_ocrmypdf`` names it. ``--ocr-engine tesseract`` takes Tesseract for one call.
"""

from __future__ import annotations

import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING

from ocrmypdf import hookimpl
from ocrmypdf.builtin_plugins import tesseract_ocr

from inkfield_ocrmypdf.engine import InkfieldEngine

if TYPE_CHECKING:
    from ocrmypdf import OcrOptions
    from pluggy import PluginManager


@hookimpl
def initialize(plugin_manager: PluginManager) -> None:
    """OCRmyPDF's own plugin for Tesseract ends each call where that program is missing, needed or not: there its check
    goes. Its options stay, for OCRmyPDF looks at them whatever the engine is."""
    name = tesseract_ocr.__name__
    if shutil.which("tesseract") is None and not plugin_manager.is_blocked(name):
        plugin_manager.set_blocked(name)
        options = ("register_options", "add_options", "validate")
        kept = SimpleNamespace(**{hook: getattr(tesseract_ocr, hook) for hook in options})
        plugin_manager.register(kept, "tesseract options")


@hookimpl
def get_ocr_engine(options: OcrOptions | None) -> InkfieldEngine | None:
    """inkfield, unless another engine was asked for by its name."""
    wanted = "auto" if options is None else options.ocr_engine
    return InkfieldEngine() if wanted == "auto" else None


installed = SimpleNamespace(__name__="inkfield", initialize=initialize, get_ocr_engine=get_ocr_engine)
"""What the entry point names: the plugin as another object, for none can be registered twice and ``--plugin`` names the
module."""
