"""Where the onnx package itself is wrong or lacks something: what is left out, and why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Exception_:
    """A check (`checker`, `types` or `values`) that is left out where a message has a text in it."""

    operator: str
    check: str
    message: str
    reason: str
    opsets: range = range(13, 22)


EXCEPTIONS: list[Exception_] = []
