"""Whether the types that a file writes of its values are those that ONNX infers by itself."""

import onnx
from onnx import AttributeProto, GraphProto, ModelProto, TypeProto


def differences(model: ModelProto) -> tuple[list[str], int]:
    """What differs, and how many values were compared; types that ONNX cannot tell are left out."""
    bare = ModelProto()
    bare.CopyFrom(model)
    forget(bare.graph, outer=True)
    inferred = onnx.shape_inference.infer_shapes(
        bare, check_type=True, strict_mode=True, data_prop=True
    )
    wrong: list[str] = []
    compared = compare(model.graph, inferred.graph, wrong)
    return wrong, compared


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


def compare(ours: GraphProto, theirs: GraphProto, wrong: list[str]) -> int:
    """Compares all values that nodes make; one that we say nothing of is wrong too."""
    written = {value.name: value.type for value in [*ours.value_info, *ours.output]}
    inferred = {value.name: value.type for value in [*theirs.value_info, *theirs.output]}
    compared = 0
    for node in ours.node:
        for name in filter(None, node.output):
            got, expected = written.get(name), inferred.get(name)
            if got is None:
                wrong.append(f"{name} ({node.op_type}): no type, expected {text(expected)}")
            elif expected is not None:
                compared += 1
                if not fits(got, expected):
                    wrong.append(
                        f"{name} ({node.op_type}): got {text(got)}, expected {text(expected)}"
                    )
    pairs = zip(bodies(ours), bodies(theirs), strict=True)
    return compared + sum(compare(mine, other, wrong) for mine, other in pairs)


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


def text(value: TypeProto | None) -> str:
    if value is None:
        return "one"
    tensor = value.tensor_type
    name = onnx.TensorProto.DataType.Name(tensor.elem_type).lower()
    shape = ", ".join(str(dim) for dim in dims(tensor)) if tensor.HasField("shape") else "..."
    return f"{name}[{shape}]"
