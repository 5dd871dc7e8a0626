"""The dossier as files: annexes as XLSX, report as DOCX and PDF. No Django; the same dossier gives the same bytes."""

from diaban.adapters.documents.annexes import annexes_xlsx
from diaban.adapters.documents.pdf import PdfUnavailable, pdf_available, report_pdf
from diaban.adapters.documents.word import report_docx

__all__ = ["PdfUnavailable", "annexes_xlsx", "pdf_available", "report_docx", "report_pdf"]
