// How to use a bundle, in a card: the same in JavaScript and in Python, and how latents are drawn.
import type { Manifest } from '@anyvae/runtime'

/** The section "Use". Its code blocks run as they stand in the bundle's folder; a test runs them. */
export function useSection({ latentSize, likelihood, image }: Manifest): string {
  const { channels, height, width } = image
  const pixels = `[batch, ${channels}, ${height}, ${width}]`
  const parameters =
    likelihood === 'bernoulli'
      ? '`logits`, of the same shape'
      : '`log_scale`, the logarithm of the one standard deviation'
  return `## Use

In JavaScript:

\`\`\`js
import { loadVae } from '@anyvae/runtime-node'

const vae = await loadVae('.')
const { data, shape } = await vae.sample(16, { seed: 1 }) // Float32Array, [16, ${channels}, ${height}, ${width}], 0 to 1
const { mean, logVariance } = await vae.encode(data) // [16, ${latentSize}] each
await vae.release()
\`\`\`

In Python, and in any other language with ONNX Runtime:

\`\`\`python
import numpy as np
import onnxruntime as ort

encoder = ort.InferenceSession("encoder.onnx", providers=["CPUExecutionProvider"])
decoder = ort.InferenceSession("decoder.onnx", providers=["CPUExecutionProvider"])
latent = np.random.default_rng(1).standard_normal((16, ${latentSize}), dtype=np.float32)
(image,) = decoder.run(["image"], {"latent": latent})  # float32, [16, ${channels}, ${height}, ${width}], 0 to 1
mean, log_variance = encoder.run(["mean", "log_variance"], {"image": image})  # [16, ${latentSize}] each
noise = np.random.default_rng(2).standard_normal(mean.shape, dtype=np.float32)
(again,) = decoder.run(["image"], {"latent": mean + np.exp(log_variance / 2) * noise})
\`\`\`

| file | input | outputs |
| --- | --- | --- |
| encoder.onnx | \`image\` ${pixels}, float32, range 0 to 1 | \`mean\`, \`log_variance\` [batch, ${latentSize}] |
| decoder.onnx | \`latent\` [batch, ${latentSize}], float32 | \`image\` ${pixels}, range 0 to 1; ${parameters} |

Images are channels first, rows from the top, ${channelOrder(channels)}; 8-bit values divided by 255.
A latent of an image is \`mean + exp(log_variance / 2) * noise\` with standard normal noise; a new image
is the decoding of standard normal latents. Python's own normals give other images than \`sample\`, whose
latents any language can draw: latent i of image k is normal ${latentSize} k + i of the stream \`latent\` of the seed
(times \`temperature\`), by Philox 4x32-10 and Box–Muller. The README of \`@anyvae/random\` has the
constants, the names of all streams, a worked example and a program in Python. \`vectors/\` holds inputs with
the outputs that TensorFlow.js computes, in the format of ONNX's backend tests.
`
}

function channelOrder(channels: number): string {
  if (channels === 1) return 'one channel of grey'
  if (channels === 3) return 'the channels red, green, blue in this order'
  return `the ${channels} channels in the order of the training data`
}
