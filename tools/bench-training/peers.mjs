// Who is measured, in which forms, and which networks each can train.
import { join } from 'node:path'
import { ROOT } from '../setup.mjs'

const spatial = ({ options }) => options.architecture !== 'mlp'

/**
 * By the name that `--peers` takes. `variants` are the forms in which a peer may be fastest: each is
 * tried for a moment, and the fastest takes part. `warmUp` in seconds.
 */
export const PEERS = {
  ours: { title: 'anyvae', program: 'node/anyvae.mjs', variants: () => ['onnx'], warmUp: 1 },
  torch: {
    title: 'PyTorch eager',
    program: 'python/torch_peer.py',
    variants: (network) => (spatial(network) ? ['eager', 'eager channels_last'] : ['eager']),
    warmUp: 1,
  },
  'torch-compile': {
    title: 'PyTorch compile',
    program: 'python/torch_peer.py',
    variants: (network) => {
      const layouts = spatial(network) ? ['', ' channels_last'] : ['']
      return layouts.flatMap((each) => [`compile${each}`, `compile max-autotune${each}`])
    },
    warmUp: 1,
  },
  jax: {
    title: 'JAX jit',
    program: 'python/jax_peer.py',
    // Inside the loop that a scan becomes, XLA's convolutions have neither threads nor the library's
    // kernels: 6 times slower and worse.
    variants: (network) => (spatial(network) ? ['step'] : ['step', 'scan']),
    warmUp: 1,
  },
  'tfjs-node': {
    title: 'tfjs-node',
    program: 'node/tfjs.mjs',
    variants: () => ['tensorflow'],
    warmUp: 1,
    without: (_, { tfjsNode }) => tfjsNode.reason,
  },
  'tfjs-wasm': {
    title: 'tfjs wasm',
    program: 'node/tfjs.mjs',
    variants: () => ['wasm'],
    warmUp: 1,
    without: (network) =>
      spatial(network)
        ? 'has no kernel for the gradient of a convolution by its filter'
        : undefined,
  },
  // A step may take a minute; there is nothing to compile before it.
  'tfjs-cpu': { title: 'tfjs cpu', program: 'node/tfjs.mjs', variants: () => ['cpu'], warmUp: 0 },
  'jax-js': {
    title: 'jax-js wasm',
    program: 'node/jax-js.mjs',
    variants: () => ['wasm'],
    warmUp: 1,
    without: (network) =>
      spatial(network) ? 'measured on the fully connected networks alone' : undefined,
  },
}

/** Whether a peer needs Python. */
export function isPython({ program }) {
  return program.endsWith('.py')
}

/** Program and arguments of a peer, without its task. */
export function commandOf(peer, python) {
  const script = join(ROOT, 'tools', 'bench-training', peer.program)
  return [isPython(peer) ? python.path : process.execPath, script]
}
