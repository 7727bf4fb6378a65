"""Where the onnx package is wrong, lacks something or may differ: what is left out, and why."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Known:
    """Files, by a pattern of their names, that fail a check with a message that has a text in it."""

    files: str
    check: str
    message: str
    reason: str

    def covers(self, name: str, check: str, fault: str) -> bool:
        return self.check == check and self.message in fault and fnmatchcase(name, self.files)


EXCEPTIONS = [
    Known(
        f"ops/{operator}/*NaN*",
        "values",
        "values differ",
        "ONNX leaves open where NaN stands; numpy takes it first, ONNX Runtime and TensorFlow.js never",
    )
    for operator in ("ArgMax", "ArgMin")
]
EXCEPTIONS.append(
    Known(
        "ops/AvgPool/*NaN*",
        "values",
        "expected nan",
        "the reference evaluator marks padding with NaN, and so leaves any NaN out of an average",
    )
)
EXCEPTIONS += [
    Known(
        "ops/RaggedTensorToTensor/*",
        "types",
        "Invalid rank for Add broadcasting",
        "onnx propagates a column of places and a row of offsets as if both were shapes",
    ),
    Known(
        "ops/RaggedTensorToTensor/*",
        "types",
        "longest",
        "onnx counts the row splits of a constant size, which the graph counts as it runs",
    ),
]
