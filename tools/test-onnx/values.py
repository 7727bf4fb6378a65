"""Whether ONNX's reference evaluator gives the values that are recorded beside a model."""

from pathlib import Path

import numpy as np
from onnx import ModelProto, TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator
from repairs import REPAIRS


def differences(
    model: ModelProto, data: Path, tolerance: float, tolerances: dict[str, float]
) -> tuple[list[str], int]:
    """What differs, and how many numbers were compared."""
    feeds = tensors(data, "input", [value.name for value in model.graph.input])
    names = [value.name for value in model.graph.output]
    expected = tensors(data, "output", names)
    if sorted(expected) != sorted(names):
        return [f"outputs: got {names}, expected {list(expected)}"], 0
    with np.errstate(all="ignore"):
        results = ReferenceEvaluator(model, new_ops=REPAIRS).run(names, feeds)
    wrong = []
    for name, got in zip(names, results, strict=True):
        array, wanted = np.asarray(got), expected[name]
        if tolerances:
            wrong += difference_as_a_whole(name, array, wanted, tolerances[name])
        else:
            wrong += difference(name, array, wanted, tolerance)
    return wrong, sum(each.size for each in expected.values())


def tensors(data: Path, kind: str, names: list[str]) -> dict[str, np.ndarray]:
    """The tensors input_0.pb, input_1.pb and so on, by name; those without one in their order."""
    paths = [data / f"{kind}_{i}.pb" for i in range(len(list(data.glob(f"{kind}_*.pb"))))]
    loaded = [load(path) for path in paths]
    return {name or names[i]: array for i, (name, array) in enumerate(loaded)}


def load(path: Path) -> tuple[str, np.ndarray]:
    tensor = TensorProto()
    tensor.ParseFromString(path.read_bytes())
    return tensor.name, numpy_helper.to_array(tensor)


def unlike(name: str, got: np.ndarray, wanted: np.ndarray) -> list[str]:
    """What is wrong with an output's element type and shape."""
    if got.dtype == wanted.dtype and got.shape == wanted.shape:
        return []
    return [
        f"{name}: got {got.dtype}{list(got.shape)}, expected {wanted.dtype}{list(wanted.shape)}"
    ]


# Below this an output is 0 but for noise, and is not compared with its own size: as `verify` has it.
LEAST_SIZE = 0.01


def difference_as_a_whole(
    name: str, got: np.ndarray, wanted: np.ndarray, tolerance: float
) -> list[str]:
    """The root mean square of the difference, relative to that of the expected values."""
    if faults := unlike(name, got, wanted):
        return faults
    away = got.astype(np.float64) - wanted.astype(np.float64)
    size = max(LEAST_SIZE, float(np.sqrt(np.mean(np.square(wanted.astype(np.float64))))))
    found = float(np.sqrt(np.mean(np.square(away)))) / size
    if found <= tolerance:
        return []
    return [f"{name}: differs by {found:.2e} of its size, expected at most {tolerance:g}"]


def difference(name: str, got: np.ndarray, wanted: np.ndarray, tolerance: float) -> list[str]:
    """Element type and shape are alike; NaN is NaN, infinity is itself, whole numbers are exact."""
    if faults := unlike(name, got, wanted):
        return faults
    if not np.issubdtype(wanted.dtype, np.floating):
        bad = np.count_nonzero(got != wanted)
        return [f"{name}: {bad} of {wanted.size} values differ"] if bad else []
    with np.errstate(all="ignore"):
        away = np.abs(got.astype(np.float64) - wanted.astype(np.float64))
        away = away / np.maximum(1, np.abs(wanted))
    alike = (got == wanted) | (np.isnan(got) & np.isnan(wanted))
    away = np.where(alike, 0, away)
    worst = float(np.max(away, initial=0))
    if worst <= tolerance:
        return []
    place = np.unravel_index(np.argmax(np.where(np.isnan(away), np.inf, away)), wanted.shape)
    return [
        f"{name}: differs by {worst:.2e}, got {got[place]} at {[int(i) for i in place]}, "
        f"expected {wanted[place]} within {tolerance:g}"
    ]
