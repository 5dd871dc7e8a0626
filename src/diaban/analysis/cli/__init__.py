"""`diaban analyse`: the command line of the questions. Nothing heavy is loaded before a question is put."""

from diaban.analysis.cli.commands import register

__all__ = ["register"]
