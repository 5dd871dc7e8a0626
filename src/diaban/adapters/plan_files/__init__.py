"""The text of a plan out of a file: TXT in any Vietnamese encoding, DOCX with its computed numbers, PDF with text."""

from diaban.adapters.plan_files.source import PlanFileError, SourceText, text_of

__all__ = ["PlanFileError", "SourceText", "text_of"]
