# The benchmark's networks in JAX, channels last; parameters are (kernel, bias) pairs in anyvae's order.
import jax
import jax.numpy as jnp
from jax import lax

# Channels last is the order that XLA's convolutions on the CPU work in.
ORDER = ("NHWC", "HWIO", "NHWC")


def dense(layer, x):
    return x @ layer[0] + layer[1]


def conv(layer, x, stride=1):
    kernel, bias = layer
    return lax.conv_general_dilated(x, kernel, (stride, stride), "SAME", dimension_numbers=ORDER) + bias


def up(layer, x):
    kernel, bias = layer  # [height, width, out, in]
    product = lax.conv_transpose(
        x, kernel, (2, 2), "SAME", dimension_numbers=ORDER, transpose_kernel=True
    )
    return product + bias


def leaky(x):
    return jax.nn.leaky_relu(x, 0.2)


def block(take, x):
    hidden = conv(next(take), jax.nn.relu(x))
    return x + conv(next(take), jax.nn.relu(hidden))


def mlp_encode(config, take, x):
    activation = jax.nn.softplus if config.get("activation") == "softplus" else jax.nn.relu
    hidden = x.reshape(x.shape[0], -1)
    for _ in config["hidden"]:
        hidden = activation(dense(next(take), hidden))
    return hidden


def mlp_decode(config, take, latent):
    activation = jax.nn.softplus if config.get("activation") == "softplus" else jax.nn.relu
    hidden = latent
    for _ in config["hidden"]:
        hidden = activation(dense(next(take), hidden))
    return dense(next(take), hidden)


def conv_encode(config, take, x):
    for _ in config["filters"]:
        x = leaky(conv(next(take), x, 2))
    return x.reshape(x.shape[0], -1)


def conv_decode(config, take, latent):
    hidden = leaky(dense(next(take), latent))
    hidden = spatial(config, hidden, len(config["filters"]))
    for _ in config["filters"][1:]:
        hidden = leaky(up(next(take), hidden))
    return up(next(take), hidden)


def resnet_encode(config, take, x):
    hidden = block(take, conv(next(take), x))
    for _ in config["filters"][1:]:
        hidden = block(take, conv(next(take), hidden, 2))
    return jax.nn.relu(hidden).reshape(x.shape[0], -1)


def resnet_decode(config, take, latent):
    hidden = spatial(config, dense(next(take), latent), len(config["filters"]) - 1)
    hidden = block(take, hidden)
    for _ in config["filters"][1:]:
        hidden = block(take, up(next(take), hidden))
    return conv(next(take), jax.nn.relu(hidden))


def spatial(config, hidden, halvings):
    side = config["image"]["height"]
    for _ in range(halvings):
        side = (side + 1) // 2
    return hidden.reshape(-1, side, side, config["filters"][-1])


PARTS = {
    "mlp": (mlp_encode, mlp_decode),
    "conv": (conv_encode, conv_decode),
    "resnet": (resnet_encode, resnet_decode),
}


def network(config):
    """A function of parameters, images and noise: logits, mean and log variance."""
    encode, decode = PARTS[config["architecture"]]

    def forward(parameters, x, noise):
        take = iter(parameters)
        features = encode(config, take, x)
        mean, log_variance = dense(next(take), features), dense(next(take), features)
        logits = decode(config, take, mean + jnp.exp(0.5 * log_variance) * noise)
        if next(take, None) is not None:
            raise ValueError(f"{config['architecture']}: layers too many, expected another network")
        return logits.reshape(x.shape), mean, log_variance

    return forward
