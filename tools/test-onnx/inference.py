"""Whether the types that a file writes of its values are those that ONNX infers by itself."""

from dataclasses import dataclass, field

import onnx
from onnx import AttributeProto, GraphProto, ModelProto, TypeProto


@dataclass
class Comparison:
    """What differs, and how many types were compared; how many the file leaves to its readers."""

    wrong: list[str] = field(default_factory=list)
    compared: int = 0
    untyped: int = 0


def differences(model: ModelProto) -> Comparison:
    """Compares the types that the file writes with those that ONNX can tell."""
    bare = ModelProto()
    bare.CopyFrom(model)
    forget(bare.graph, outer=True)
    inferred = onnx.shape_inference.infer_shapes(
        bare, check_type=True, strict_mode=True, data_prop=True
    )
    comparison = Comparison()
    compare(model.graph, inferred.graph, comparison)
    return comparison


def forget(graph: GraphProto, outer: bool) -> None:
    """Takes away the types of inner values and the shapes of outputs."""
    del graph.value_info[:]
    for value in graph.output:
        value.type.tensor_type.ClearField("shape")
    if not outer:
        for value in graph.input:
            value.type.tensor_type.ClearField("shape")
    for body in bodies(graph):
        forget(body, outer=False)


def bodies(graph: GraphProto) -> list[GraphProto]:
    return [
        attribute.g
        for node in graph.node
        for attribute in node.attribute
        if attribute.type == AttributeProto.GRAPH
    ]


def compare(ours: GraphProto, theirs: GraphProto, comparison: Comparison) -> None:
    """Compares all values that nodes make, also in the bodies of loops."""
    written = {value.name: value.type for value in [*ours.value_info, *ours.output]}
    inferred = {value.name: value.type for value in [*theirs.value_info, *theirs.output]}
    for node in ours.node:
        for name in filter(None, node.output):
            got, expected = written.get(name), inferred.get(name)
            if got is None:
                comparison.untyped += 1
            elif expected is not None:
                comparison.compared += 1
                if not fits(got, expected):
                    comparison.wrong.append(
                        f"{name} ({node.op_type}): got {text(got)}, expected {text(expected)}"
                    )
    for mine, other in zip(bodies(ours), bodies(theirs), strict=True):
        compare(mine, other, comparison)


def fits(got: TypeProto, expected: TypeProto) -> bool:
    """Whether one type is the other, as far as the other is known."""
    mine, other = got.tensor_type, expected.tensor_type
    if mine.elem_type != other.elem_type:
        return False
    if not other.HasField("shape"):
        return True
    sizes, known = dims(mine), dims(other)
    return len(sizes) == len(known) and all(
        size == each or each is None for size, each in zip(sizes, known, strict=True)
    )


def dims(tensor: TypeProto.Tensor) -> list[int | str | None]:
    """Sizes and names; a name that ONNX made up says nothing."""
    return [dim_of(dim) for dim in tensor.shape.dim]


def dim_of(dim: onnx.TensorShapeProto.Dimension) -> int | str | None:
    if dim.HasField("dim_value"):
        return dim.dim_value
    return None if dim.dim_param.startswith("unk__") or dim.dim_param == "" else dim.dim_param


def text(value: TypeProto) -> str:
    tensor = value.tensor_type
    name = onnx.TensorProto.DataType.Name(tensor.elem_type).lower()
    shape = ", ".join(str(dim) for dim in dims(tensor)) if tensor.HasField("shape") else "..."
    return f"{name}[{shape}]"
