# PyTorch on the CPU, eager or compiled.
import torch
import torch.nn.functional as F

from meter import Meter, images, layers, task
from torch_networks import network

own = task()
config, batch = own["network"], own["batchSize"]
words = own["variant"].split()
channels_last = "channels_last" in words
torch.manual_seed(own["seed"])
torch.set_num_threads(own["threads"])

vae = network(config, layers(own), channels_last)
# The fused kernel walks through all values once; the CPU has had it since PyTorch 2.4.
optimiser = torch.optim.Adam(vae.parameters(), lr=1e-3, fused=True)
# Kept in the order of memory that is trained in, so that a batch needs no reordering.
data = torch.from_numpy(images(own))
if not channels_last:
    data = data.permute(0, 3, 1, 2).contiguous()


def loss_of(indices, noise):
    x = data[indices].float() / 255
    if channels_last:
        x = x.permute(0, 3, 1, 2)
    logits, mean, log_variance = vae(x, noise)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = 0.5 * (mean * mean + log_variance.exp() - 1 - log_variance).sum()
    return (reconstruction + kl) / batch


if "compile" in words:
    # max-autotune also tries its own matrix products in C++ against the library's.
    loss_of = torch.compile(loss_of, mode="max-autotune" if "max-autotune" in words else None)


def step(indices):
    noise = torch.randn(batch, config["latent"])
    optimiser.zero_grad(set_to_none=True)
    loss = loss_of(indices, noise)
    loss.backward()
    optimiser.step()
    return loss


about = {"versions": {"torch": torch.__version__}, "threads": torch.get_num_threads()}
meter = Meter(about, own["warmUp"])
while True:
    order = torch.randperm(own["images"])
    for indices in order[: own["images"] // batch * batch].split(batch):
        loss = step(indices)
        meter.add(batch, lambda: [loss.item()])
