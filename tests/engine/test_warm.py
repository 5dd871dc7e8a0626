"""Everything that is compiled is compiled by `warm`, so that nobody waits at the first analysis."""

from __future__ import annotations

import ast
import inspect
import sys
from typing import Any

from diaban.engine.warm import FAMILIES, dispatchers, warm


def called_from_python() -> dict[str, Any]:
    """Return the kernels that plain functions of the engine call; the others are compiled into these."""
    kernels = {id(one): name for name, one in dispatchers().items()}
    found: dict[str, Any] = {}
    for name, module in list(sys.modules.items()):
        if not name.startswith("diaban.engine."):
            continue
        names = vars(module)
        for function in ast.walk(ast.parse(inspect.getsource(module))):
            if not isinstance(function, ast.FunctionDef) or hasattr(names.get(function.name), "py_func"):
                continue
            for node in ast.walk(function):
                value = None
                if isinstance(node, ast.Name):
                    value = names.get(node.id)
                elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    value = getattr(names.get(node.value.id), node.attr, None)
                if id(value) in kernels:
                    found[kernels[id(value)]] = value
    return found


def test_no_kernel_is_left_cold() -> None:
    told = list(warm())
    assert [one.family for one in told] == [name for name, _ in FAMILIES]
    assert not [(one.family, one.fault) for one in told if one.fault]
    entries = called_from_python()
    assert len(entries) > 20
    assert not [name for name, one in entries.items() if not one.signatures]


def test_a_fault_is_told_and_the_rest_goes_on() -> None:
    told = list(warm((("none", "diaban.engine.warming:nothing"), ("density", "diaban.engine.warming:density"))))
    assert "nothing" in told[0].fault
    assert not told[1].fault
