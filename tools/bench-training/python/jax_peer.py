# JAX on the CPU: one jit for each step, or one for many steps.
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jax_networks import network
from meter import Meter, images, layers, task

SCANNED = 50  # steps of a chunk, as many as anyvae takes at most

own = task()
config, batch = own["network"], own["batchSize"]
parameters = [(jnp.asarray(kernel), jnp.asarray(bias)) for kernel, bias in layers(own)]
data = jnp.asarray(images(own))
forward = network(config)


def loss_of(parameters, x, noise):
    logits, mean, log_variance = forward(parameters, x, noise)
    reconstruction = jnp.sum(jax.nn.softplus(logits) - x * logits)
    kl = 0.5 * jnp.sum(mean * mean + jnp.exp(log_variance) - 1 - log_variance)
    return (reconstruction + kl) / batch


def step(state, indices):
    parameters, first, second, t, key = state
    key, own_key = jax.random.split(key)
    x = data[indices].astype(jnp.float32) / 255
    noise = jax.random.normal(own_key, (batch, config["latent"]))
    loss, gradients = jax.value_and_grad(loss_of)(parameters, x, noise)
    t = t + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradients)
    correction = jnp.sqrt(1 - 0.999**t)
    size, epsilon = 1e-3 * correction / (1 - 0.9**t), 1e-8 * correction
    parameters = jax.tree.map(
        lambda p, m, v: p - size * m / (jnp.sqrt(v) + epsilon), parameters, first, second
    )
    return (parameters, first, second, t, key), loss


zeros = lambda: jax.tree.map(jnp.zeros_like, parameters)
state = (parameters, zeros(), zeros(), jnp.float32(0), jax.random.key(own["seed"]))
scanned = SCANNED if own["variant"] == "scan" else 1
if scanned > 1:
    # A scan keeps the state inside one compiled loop: no Python between the steps.
    run = lambda state, indices: lax.scan(step, state, indices)
else:
    run = lambda state, indices: step(state, indices[0])
# Donated, the state is written where it stood instead of being copied.
run = jax.jit(run, donate_argnums=0)

about = {"versions": {"jax": jax.__version__}, "threads": own["threads"]}
meter = Meter(about, own["warmUp"])
random = np.random.default_rng(own["seed"])
per_epoch = max(1, own["images"] // (batch * scanned))
while True:
    # Shuffled by NumPy: JAX's own permutation sorts, which is slower.
    order = random.permutation(own["images"])
    for i in range(per_epoch):
        indices = order[i * batch * scanned : (i + 1) * batch * scanned].reshape(scanned, batch)
        state, losses = jax.block_until_ready(run(state, indices))
        meter.add(batch * scanned, lambda: np.atleast_1d(np.asarray(losses)).tolist())
