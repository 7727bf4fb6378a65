"""What is to be checked: model files with their test data and tolerance, found in folders."""

import json
from dataclasses import dataclass, field
from pathlib import Path

# Of op cases and whole models: relative to 1 or the value; integers and booleans are exact.
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Case:
    """A model, the folders of its test data and the largest difference that it may show."""

    name: str
    model: Path
    data: list[Path] = field(default_factory=list)
    tolerance: float = TOLERANCE
    relative: bool = True


def find(root: Path) -> list[Case]:
    """The bundles under a folder, and the models in the layout of ONNX's backend tests."""
    found = [case for path in sorted(root.rglob("anyvae.json")) for case in bundle(path, root)]
    for model in sorted(root.rglob("model.onnx")):
        found.append(backend_test(model, root))
    return found


def bundle(manifest: Path, root: Path) -> list[Case]:
    """The files of one bundle; their tolerance is absolute and stands in the manifest."""
    folder = manifest.parent
    files = json.loads(manifest.read_text())["files"]
    name = f"{root.name}/{folder.relative_to(root)}"
    return [
        Case(
            f"{name}/{file}",
            folder / file,
            [folder / "vectors" / entry["role"] / "test_data_set_0"],
            entry["tolerance"],
            relative=False,
        )
        for file, entry in sorted(files.items())
    ]


def backend_test(model: Path, root: Path) -> Case:
    """One folder with a model.onnx, its test data and, where it is not the usual one, its tolerance."""
    folder = model.parent
    looser = folder / "tolerance.json"
    return Case(
        str(folder.relative_to(root)),
        model,
        sorted(folder.glob("test_data_set_*")),
        json.loads(looser.read_text())["tolerance"] if looser.exists() else TOLERANCE,
    )
