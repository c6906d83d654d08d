"""The LibCST transformer behind ``newsyntax``; importing it loads LibCST."""

from __future__ import annotations

import ast
import warnings

import libcst as cst


class Older(cst.CSTTransformer):
    """Rewrites what Python 3.12 and later added into Python 3.11."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__()
        self.module = module

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        return updated_node.with_changes(type_parameters=None)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        return updated_node.with_changes(type_parameters=None)

    def leave_TypeAlias(self, original_node: cst.TypeAlias, updated_node: cst.TypeAlias) -> cst.Assign:
        return cst.Assign([cst.AssignTarget(updated_node.name)], updated_node.value, updated_node.semicolon)

    def leave_ExceptHandler(self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler) -> cst.ExceptHandler:
        return updated_node.with_changes(type=_bracketed(updated_node.type))

    def leave_ExceptStarHandler(self, original_node: cst.ExceptStarHandler, updated_node: cst.ExceptStarHandler) -> cst.ExceptStarHandler:
        return updated_node.with_changes(type=_bracketed(updated_node.type))

    def leave_FormattedString(self, original_node: cst.FormattedString, updated_node: cst.FormattedString) -> cst.BaseExpression:
        code = self.module.code_for_node(updated_node)
        return updated_node if _readable(code) else self._sum(updated_node, code)

    def leave_TemplatedString(self, original_node: cst.BaseExpression, updated_node: cst.BaseExpression) -> cst.BaseExpression:
        code = self.module.code_for_node(updated_node)
        head, quote, rest = code.partition(code.lstrip("tTrR")[:1])
        plain = f"{head.lower().replace('t', 'f')}{quote}{rest}"
        node = cst.parse_expression(plain)
        return node if _readable(plain) or not isinstance(node, cst.FormattedString) else self._sum(node, plain)

    def _sum(self, node: cst.FormattedString, code: str) -> cst.BaseExpression:
        """``f"a{b!r}"`` as ``("a" + repr(b))``, over as many rows."""
        raw = "r" if "r" in node.start.lower() else ""
        parts = [self._part(part, raw + node.start.lstrip("fFrR"), node.end) for part in node.parts]
        text = " + ".join(parts or ['""'])
        return cst.parse_expression(f"({text}" + "\n" * max(0, code.count("\n") - text.count("\n")) + ")")

    def _part(self, part: cst.BaseFormattedStringContent, start: str, end: str) -> str:
        if isinstance(part, cst.FormattedStringText):
            return start + part.value.replace("{{", "{").replace("}}", "}") + end
        assert isinstance(part, cst.FormattedStringExpression)
        value = self.module.code_for_node(part.expression)
        if part.format_spec:
            spec = "".join(s.value if isinstance(s, cst.FormattedStringText) else "?" for s in part.format_spec)
            return f"format({value}, {start}{spec}{end})"
        return f"{'repr' if part.conversion == 'r' else 'str'}({value})"


def _bracketed(node: cst.BaseExpression | None) -> cst.BaseExpression | None:
    if isinstance(node, cst.Tuple) and not node.lpar:
        return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return node


def _readable(code: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(f"({code})", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
