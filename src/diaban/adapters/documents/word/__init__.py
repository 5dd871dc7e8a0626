"""DOCX."""

from diaban.adapters.documents.word.report import report_docx

__all__ = ["report_docx"]
