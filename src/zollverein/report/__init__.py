"""The report: figures, words and one self-contained page about a result."""

from zollverein.report.page import write_report

__all__ = ["write_report"]
