"""The law and the arithmetic. Standard library only: no clock, no input or output, no Django."""
