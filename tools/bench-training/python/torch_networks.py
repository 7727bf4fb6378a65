# The benchmark's networks in PyTorch, with the layers' initial values in anyvae's order.
import torch
import torch.nn as nn
import torch.nn.functional as F


def tensor(array):
    return nn.Parameter(torch.from_numpy(array).contiguous())


def dense(take):
    kernel, bias = next(take)  # [in, out]
    layer = nn.Linear(*kernel.shape)
    layer.weight, layer.bias = tensor(kernel.T.copy()), tensor(bias)
    return layer


def conv(take, stride=1):
    kernel, bias = next(take)  # [height, width, in, out]
    size, _, inputs, outputs = kernel.shape
    # Where "same" padding is uneven PyTorch pads both sides: images shift by a pixel, the work is the same.
    layer = nn.Conv2d(inputs, outputs, size, stride, (size - 1) // 2)
    layer.weight, layer.bias = tensor(kernel.transpose(3, 2, 0, 1).copy()), tensor(bias)
    return layer


def up(take):
    kernel, bias = next(take)  # [height, width, out, in]
    size, _, outputs, inputs = kernel.shape
    layer = nn.ConvTranspose2d(inputs, outputs, size, 2, (size - 1) // 2, size % 2)
    layer.weight, layer.bias = tensor(kernel.transpose(3, 2, 0, 1).copy()), tensor(bias)
    return layer


class Vae(nn.Module):
    """Images [batch, channels, height, width] and noise in; logits, mean and log variance out."""

    def heads(self, take):
        self.mean, self.log_variance = dense(take), dense(take)

    def forward(self, images, noise):
        features = self.encode(images)
        mean, log_variance = self.mean(features), self.log_variance(features)
        logits = self.decode(mean + torch.exp(0.5 * log_variance) * noise)
        return logits, mean, log_variance


class Mlp(Vae):
    def __init__(self, config, take):
        super().__init__()
        count = len(config["hidden"])
        self.activation = F.softplus if config.get("activation") == "softplus" else F.relu
        self.there = nn.ModuleList(dense(take) for _ in range(count))
        self.heads(take)
        self.back = nn.ModuleList(dense(take) for _ in range(count))
        self.output = dense(take)
        self.shape = tuple(config["image"][side] for side in ("channels", "height", "width"))

    def encode(self, images):
        hidden = images.flatten(1)
        for layer in self.there:
            hidden = self.activation(layer(hidden))
        return hidden

    def decode(self, latent):
        hidden = latent
        for layer in self.back:
            hidden = self.activation(layer(hidden))
        return self.output(hidden).unflatten(1, self.shape)


class Spatial(Vae):
    """Between pictures and features: channels first, or, in memory, channels last."""

    def __init__(self, config, channels_last):
        super().__init__()
        self.channels_last = channels_last
        self.filters, levels = config["filters"], len(config["filters"])
        if config["architecture"] == "resnet":
            levels -= 1  # the first level has the image's size
        self.side = config["image"]["height"]
        for _ in range(levels):
            self.side = (self.side + 1) // 2

    # Either way without a copy. The features' order differs from anyvae's where channels come first;
    # with weights drawn independently that is the same network.
    def flatten(self, hidden):
        return (hidden.permute(0, 2, 3, 1) if self.channels_last else hidden).flatten(1)

    def unflatten(self, hidden):
        if self.channels_last:
            return hidden.view(-1, self.side, self.side, self.filters[-1]).permute(0, 3, 1, 2)
        return hidden.view(-1, self.filters[-1], self.side, self.side)


class Conv(Spatial):
    def __init__(self, config, take, channels_last):
        super().__init__(config, channels_last)
        count = len(config["filters"])
        self.there = nn.ModuleList(conv(take, 2) for _ in range(count))
        self.heads(take)
        self.hidden = dense(take)
        self.back = nn.ModuleList(up(take) for _ in range(count - 1))
        self.output = up(take)

    def encode(self, images):
        hidden = images
        for layer in self.there:
            hidden = F.leaky_relu(layer(hidden), 0.2)
        return self.flatten(hidden)

    def decode(self, latent):
        hidden = self.unflatten(F.leaky_relu(self.hidden(latent), 0.2))
        for layer in self.back:
            hidden = F.leaky_relu(layer(hidden), 0.2)
        return self.output(hidden)


class Block(nn.Module):
    def __init__(self, take):
        super().__init__()
        self.first, self.second = conv(take), conv(take)

    def forward(self, hidden):
        return hidden + self.second(F.relu(self.first(F.relu(hidden))))


class Resnet(Spatial):
    def __init__(self, config, take, channels_last):
        super().__init__(config, channels_last)
        there, back = [conv(take), Block(take)], []
        for _ in config["filters"][1:]:
            there += [conv(take, 2), Block(take)]
        self.there = nn.Sequential(*there)
        self.heads(take)
        self.hidden = dense(take)
        back = [Block(take)]
        for _ in config["filters"][1:]:
            back += [up(take), Block(take)]
        self.back = nn.Sequential(*back)
        self.output = conv(take)

    def encode(self, images):
        return self.flatten(F.relu(self.there(images)))

    def decode(self, latent):
        return self.output(F.relu(self.back(self.unflatten(self.hidden(latent)))))


def network(config, layers, channels_last):
    take = iter(layers)
    if config["architecture"] == "mlp":
        made = Mlp(config, take)
    else:
        made = {"conv": Conv, "resnet": Resnet}[config["architecture"]](config, take, channels_last)
    left = len(list(take))
    if left > 0:
        raise ValueError(f"{config['architecture']}: {left} layers too many, expected another network")
    return made.to(memory_format=torch.channels_last) if channels_last else made
