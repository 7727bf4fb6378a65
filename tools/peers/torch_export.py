"""Writes anyvae's four default networks with PyTorch's own ONNX exporters and counts their nodes.

usage: python torch_export.py FOLDER

The networks are those of packages/trainer/src/network with their defaults, for images of 1 x 28 x 28;
weights are PyTorch's initial ones. Prints one JSON object: versions, and for each network and exporter
the nodes by operator, the bytes of the file and those of its weights.
"""

import collections
import json
import pathlib
import sys
import warnings

import numpy
import onnx
import torch
from torch import nn

LATENT = 20
IMAGE = (1, 28, 28)


class MlpEncoder(nn.Module):
    """784 - 400 - two heads of 20, ReLU."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.mean = nn.Linear(400, LATENT)
        self.log_variance = nn.Linear(400, LATENT)

    def forward(self, image):
        features = torch.relu(self.hidden(torch.flatten(image, 1)))
        return self.mean(features), self.log_variance(features)


class MlpDecoder(nn.Module):
    """20 - 400 - 784, ReLU; the mean of the pixels and their logits."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(LATENT, 400)
        self.output = nn.Linear(400, 784)

    def forward(self, latent):
        logits = self.output(torch.relu(self.hidden(latent))).reshape(-1, *IMAGE)
        return torch.sigmoid(logits), logits


class ConvEncoder(nn.Module):
    """Two 5 x 5 convolutions of stride 2, 16 and 32 filters, leaky ReLU, two heads of 20."""

    def __init__(self):
        super().__init__()
        self.conv_1 = nn.Conv2d(1, 16, 5, stride=2, padding=2)
        self.conv_2 = nn.Conv2d(16, 32, 5, stride=2, padding=2)
        self.mean = nn.Linear(32 * 7 * 7, LATENT)
        self.log_variance = nn.Linear(32 * 7 * 7, LATENT)

    def forward(self, image):
        leaky = nn.functional.leaky_relu
        features = leaky(self.conv_2(leaky(self.conv_1(image), 0.2)), 0.2)
        flat = torch.flatten(features, 1)
        return self.mean(flat), self.log_variance(flat)


class ConvDecoder(nn.Module):
    """A dense layer and two transposed convolutions back to the image."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(LATENT, 32 * 7 * 7)
        self.conv_1 = nn.ConvTranspose2d(32, 16, 5, stride=2, padding=2, output_padding=1)
        self.output = nn.ConvTranspose2d(16, 1, 5, stride=2, padding=2, output_padding=1)

    def forward(self, latent):
        leaky = nn.functional.leaky_relu
        hidden = leaky(self.hidden(latent), 0.2).reshape(-1, 32, 7, 7)
        logits = self.output(leaky(self.conv_1(hidden), 0.2))
        return torch.sigmoid(logits), logits


ENCODER = {"input": "image", "shape": (2, *IMAGE), "outputs": ["mean", "log_variance"]}
DECODER = {"input": "latent", "shape": (2, LATENT), "outputs": ["image", "logits"]}
NETWORKS = {
    "mlp encoder": (MlpEncoder, ENCODER),
    "mlp decoder": (MlpDecoder, DECODER),
    "conv encoder": (ConvEncoder, ENCODER),
    "conv decoder": (ConvDecoder, DECODER),
}


def export(module, signature, path, dynamo):
    names = {"input_names": [signature["input"]], "output_names": signature["outputs"]}
    args = (torch.rand(signature["shape"]),)
    if dynamo:
        shapes = ({0: torch.export.Dim("batch")},)
        torch.onnx.export(
            module, args, path, **names, dynamo=True, dynamic_shapes=shapes,
            external_data=False, optimize=True, verbose=False,
        )
    else:
        axes = {name: {0: "batch"} for name in [signature["input"], *signature["outputs"]]}
        torch.onnx.export(
            module, args, path, **names, dynamo=False, dynamic_axes=axes, opset_version=17
        )


def measured(path):
    model = onnx.load(path)
    operators = [node.op_type for node in model.graph.node]
    weights = sum(onnx.numpy_helper.to_array(each).nbytes for each in model.graph.initializer)
    return {
        "nodes": len(operators),
        "operators": dict(collections.Counter(operators)),
        "bytes": path.stat().st_size,
        "weights": weights,
        "opset": model.opset_import[0].version,
    }


def main(folder):
    warnings.filterwarnings("ignore")
    folder.mkdir(parents=True, exist_ok=True)
    results = {}
    for name, (network, signature) in NETWORKS.items():
        results[name] = {}
        for exporter in ["torchscript", "dynamo"]:
            path = folder / f"{name.replace(' ', '_')}_{exporter}.onnx"
            torch.manual_seed(1)
            export(network().eval(), signature, path, exporter == "dynamo")
            results[name][exporter] = measured(path)
    versions = {"torch": torch.__version__, "onnx": onnx.__version__, "numpy": numpy.__version__}
    print(json.dumps({"versions": versions, "networks": results}))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
