"""Where the shipped files lie."""

from __future__ import annotations

from pathlib import Path

MODELS = Path(__file__).resolve().parents[2]
