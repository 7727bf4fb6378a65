"""Operators that onnx's reference evaluator computes wrongly, put right: by its own code where it can be."""

import math

import numpy as np
from onnx.reference.op_run import OpRun
from onnx.reference.ops import op_conv_transpose, op_dequantize_linear, op_max_pool


class MaxPool(op_max_pool.MaxPool):
    """With strides of 1, pads are read as pairs by axis there, not as all starts before all ends."""

    op_domain = ""

    def _run(self, x, **attributes):
        return self._max_pool(x, **attributes)


class ConvTranspose(op_conv_transpose.ConvTranspose):
    """With groups, weights are cut by output channels there, and one channel is kept of each group."""

    op_domain = ""

    def _run(self, X, W, B=None, group=1, **attributes):
        parts = [
            super(ConvTranspose, self)._run(x, w, group=1, **attributes)[0]
            for x, w in zip(np.split(X, group, axis=1), np.split(W, group), strict=True)
        ]
        whole = np.concatenate(parts, axis=1)
        bias = 0 if B is None else B.reshape(-1, *[1] * (X.ndim - 2))
        return ((whole + bias).astype(X.dtype),)


class LRN(OpRun):
    """There it goes over as many channels as there are images in the batch."""

    op_domain = ""

    def _run(self, x, alpha=None, beta=None, bias=None, size=None):
        before, after = math.floor((size - 1) / 2), math.ceil((size - 1) / 2) + 1
        sums = [
            np.sum(x[:, max(0, c - before) : c + after] ** 2, axis=1) for c in range(x.shape[1])
        ]
        scale = bias + alpha / size * np.stack(sums, axis=1)
        return ((x / scale**beta).astype(x.dtype),)


class DequantizeLinear(op_dequantize_linear.DequantizeLinear_19):
    """It is there from opset 19 on alone; of integers it has been the same since 13."""

    op_domain = ""

    def _run(self, *inputs, axis=None, **_):
        return super()._run(*inputs, axis=1 if axis is None else axis)


REPAIRS = [ConvTranspose, DequantizeLinear, LRN, MaxPool]
