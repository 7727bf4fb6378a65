"""What is to be checked: model files with their test data and tolerance, found in folders."""

import json
from dataclasses import dataclass, field
from pathlib import Path

# Of op cases and whole models: relative to 1 or the value; integers and booleans are exact.
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Case:
    """A model, the folders of its test data and the largest difference that it may show.

    Where outputs have tolerances of their own, as in bundles, their differences are taken as a
    whole: the root mean square, relative to that of the expected values.
    """

    name: str
    model: Path
    data: list[Path] = field(default_factory=list)
    tolerance: float = TOLERANCE
    tolerances: dict[str, float] = field(default_factory=dict)


def find(root: Path) -> list[Case]:
    """The bundles under a folder, and the models in the layout of ONNX's backend tests."""
    manifests = sorted(root.rglob("anyvae.json"))
    bundles = {path.parent for path in manifests}
    models = [path for path in sorted(root.rglob("*.onnx")) if path.parent not in bundles]
    return [case for path in manifests for case in bundle(path, root)] + [
        backend_test(path, root) for path in models
    ]


def bundle(manifest: Path, root: Path) -> list[Case]:
    """The files of one bundle; the tolerances of their outputs stand in the manifest."""
    folder = manifest.parent
    files = json.loads(manifest.read_text())["files"]
    name = f"{root.name}/{folder.relative_to(root)}"
    return [
        Case(
            f"{name}/{file}",
            folder / file,
            [folder / "vectors" / entry["role"] / "test_data_set_0"],
            tolerances=entry["tolerances"],
        )
        for file, entry in sorted(files.items())
    ]


def backend_test(model: Path, root: Path) -> Case:
    """A model with the test data beside it and, where it is not the usual one, its tolerance."""
    folder = model.parent
    looser = folder / "tolerance.json"
    return Case(
        str(model.relative_to(root).with_suffix("")),
        model,
        sorted(folder.glob("test_data_set_*")),
        json.loads(looser.read_text())["tolerance"] if looser.exists() else TOLERANCE,
    )
