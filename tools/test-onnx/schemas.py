"""Whether the builder's table of operators says what ONNX's schemas say, at each opset."""

import json
from pathlib import Path

import onnx.defs

OPSETS = range(13, 22)
TYPES = {
    "float": "float32",
    "double": "float64",
    **{each: each for each in ("float16", "bool", "int8", "int16", "int32", "int64")},
    **{each: each for each in ("uint8", "uint16", "uint32", "uint64")},
}


def differences(file: Path) -> tuple[list[str], int]:
    """What differs, and how many pairs of operator and opset were compared."""
    table = json.loads(file.read_text())
    wrong = []
    for name, forms in sorted(table.items()):
        for opset in OPSETS:
            ours = next((each for each in reversed(forms) if each["since"] <= opset), None)
            got, expected = form(ours), schema(name, opset)
            if got != expected:
                wrong.append(f"{name} at opset {opset}: got {got}, expected {expected}")
    return wrong, len(table) * len(OPSETS)


def form(ours: dict | None) -> object:
    """A form of the table: inputs with their types and which of them are alike, and attributes."""
    if ours is None:
        return None
    inputs = [
        (sorted(each["types"]), each["optional"], each["repeated"], each.get("letter"))
        for each in ours["inputs"]
    ]
    return alike(inputs), sorted(ours["attributes"])


def schema(name: str, opset: int) -> object:
    """The same of ONNX's schema, as far as element types are known here."""
    try:
        found = onnx.defs.get_schema(name, opset)
    except onnx.defs.SchemaError:
        return None
    if found.deprecated:
        return None
    constraints = {each.type_param_str: each.allowed_type_strs for each in found.type_constraints}
    inputs = []
    for each in found.inputs:
        repeated = each.option == onnx.defs.OpSchema.FormalParameterOption.Variadic
        mixed = repeated and not each.is_homogeneous
        letter = each.type_str if each.type_str in constraints and not mixed else None
        types = types_of(constraints.get(each.type_str, [each.type_str]))
        optional = each.option == onnx.defs.OpSchema.FormalParameterOption.Optional
        inputs.append((types, optional, repeated, letter))
    return alike(inputs), sorted(found.attributes)


def alike(inputs: list[tuple]) -> list[tuple]:
    """With the place of the first input of the same letter, where there are several."""
    letters = [letter for *_, letter in inputs]
    return [
        (types, optional, repeated, letters.index(letter) if matters(letter, letters, repeated) else None)
        for types, optional, repeated, letter in inputs
    ]


def matters(letter: str | None, letters: list, repeated: bool) -> bool:
    return letter is not None and (letters.count(letter) > 1 or repeated)


def types_of(names: list[str]) -> list[str]:
    inner = [name[len("tensor(") : -1] for name in names if name.startswith("tensor(")]
    return sorted(TYPES[each] for each in inner if each in TYPES)
