"""Checks ONNX files with the onnx package: checker, strict shape inference, reference evaluator.

    python check.py [--filter TEXT] [--whole] FOLDER...
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import inference
import onnx
import schemas
import values
from cases import Case, find
from exceptions import EXCEPTIONS
from repairs import REPAIRS

WORKERS = 2


@dataclass
class Result:
    """What came of one file."""

    name: str
    faults: list[str] = field(default_factory=list)
    types: int = 0
    untyped: int = 0
    numbers: int = 0
    # Which exceptions applied, by their place in the table.
    excepted: list[int] = field(default_factory=list)


def checked(case: Case) -> Result:
    """Runs all checks on one file."""
    result = Result(case.name)
    try:
        model = onnx.load(case.model)
    except Exception as error:
        result.faults.append(f"load: {first_line(error)}")
        return result

    def attempt(check: str, step) -> None:
        try:
            faults = step()
        except Exception as error:  # whatever it is, this file did not pass
            faults = [f"{type(error).__name__}: {first_line(error)}"]
        for fault in faults:
            place = exception(case.name, check, fault)
            if place is None:
                result.faults.append(f"{check}: {fault}")
            else:
                result.excepted.append(place)

    def types() -> list[str]:
        found = inference.differences(model)
        result.types, result.untyped = found.compared, found.untyped
        return found.wrong

    def numbers(data: Path) -> list[str]:
        wrong, count = values.differences(model, data, case.tolerance, case.tolerances)
        result.numbers += count
        return wrong

    # By path, so that data in other files is looked for beside it.
    attempt("checker", lambda: onnx.checker.check_model(str(case.model), full_check=True) or [])
    attempt("versions", lambda: versions(model))
    attempt("types", types)
    for data in case.data:
        attempt("values", lambda data=data: numbers(data))
    return result


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0][:300]


def versions(model: onnx.ModelProto) -> list[str]:
    """Whether the file has the lowest IR version that goes with its operator set."""
    lowest = onnx.helper.find_min_ir_version_for(list(model.opset_import))
    if model.ir_version == lowest:
        return []
    opset = model.opset_import[0].version
    return [f"IR version for opset {opset}: got {model.ir_version}, expected {lowest}"]


def exception(name: str, check: str, fault: str) -> int | None:
    """The place of the exception that a fault falls under."""
    places = (i for i, each in enumerate(EXCEPTIONS) if each.covers(name, check, fault))
    return next(places, None)


def written(folders: list[Path]) -> tuple[Counter, dict[str, str]]:
    """What the exporter refused to write as its opset lacks something, and what it could not write."""
    refused: Counter = Counter()
    failed: dict[str, str] = {}
    for file in [folder / "written.json" for folder in folders]:
        if file.exists():
            counts = json.loads(file.read_text())
            refused.update(counts["refused"])
            failed.update(counts["failed"])
    return refused, failed


def report(results: list[Result], folders: list[Path], whole: bool) -> bool:
    """Prints what was found; whether all is well."""
    failed = [result for result in results if result.faults]
    for result in failed:
        for fault in result.faults:
            print(f"{result.name}: {fault}")
    applied = Counter(place for result in results for place in set(result.excepted))
    for place, each in enumerate(EXCEPTIONS):
        count = applied[place]
        if count or whole:
            print(f"exception: {each.files}, {each.check}, {count} files: {each.reason}")
    unused = [each for place, each in enumerate(EXCEPTIONS) if not applied[place]] if whole else []
    for each in unused:
        print(f"exception: {each.files}, {each.check}: applies to nothing, expected some file")
    for each in REPAIRS:
        print(f"repaired: {each.__name__} of the reference evaluator: {each.__doc__}")
    refused, unwritten = written(folders)
    for name, message in unwritten.items():
        print(f"{name}: not exported: {message}")
    for message, count in sorted(refused.items()):
        print(f"refused: {message} ({count} times)")
    compared = sum(result.types for result in results)
    untyped = sum(result.untyped for result in results)
    numbers = sum(result.numbers for result in results)
    with_values = sum(result.numbers > 0 for result in results)
    print(
        f"{len(results)} files checked, {compared} types compared ({untyped} values have none), "
        f"{numbers} values of {with_values} files compared; {len(failed)} files failed, {len(unwritten)} not exported, "
        f"{sum(applied.values())} excepted, "
        f"{sum(refused.values())} exports refused as their opset is too old"
    )
    return bool(results) and not failed and not unwritten and not unused


def operators(folders: list[Path]) -> bool:
    """Compares the builder's table of operators with ONNX's."""
    well = True
    for file in [folder / "operators.json" for folder in folders]:
        if file.exists():
            wrong, compared = schemas.differences(file)
            for each in wrong:
                print(f"operators: {each}")
            print(f"{compared} operators by opset compared with ONNX's schemas, {len(wrong)} differ")
            well = well and not wrong
    return well


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filter", default="")
    parser.add_argument("--whole", action="store_true", help="an exception that applies to nothing fails")
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    started = time.monotonic()
    known = [case for folder in options.folders for case in find(folder)]
    cases = [case for case in known if options.filter in case.name]
    if not cases:
        expected = f"expected part of the path of one of {len(known)} files"
        print(f"test:onnx: --filter: matches nothing, got '{options.filter}', {expected}", file=sys.stderr)
        return 1
    with multiprocessing.Pool(WORKERS) as pool:
        results = pool.map(checked, cases, chunksize=16)
    well = report(results, options.folders, options.whole) & operators(options.folders)
    print(f"{time.monotonic() - started:.0f} s with onnx {onnx.__version__}")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
