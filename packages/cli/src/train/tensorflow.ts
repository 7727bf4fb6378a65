// Makes a TensorFlow.js backend the current one; the optional ones are imported by name when asked for.
import * as tf from '@tensorflow/tfjs-core'
import { CliError, messageOf } from '../error.js'
import type { BackendFlag } from './flags.js'

interface BackendPackage {
  readonly package: string
  /** What the package registers with TensorFlow.js. */
  readonly backend: string
}

const PACKAGES: Readonly<Record<BackendFlag, BackendPackage>> = {
  cpu: { package: '@tensorflow/tfjs-backend-cpu', backend: 'cpu' },
  wasm: { package: '@tensorflow/tfjs-backend-wasm', backend: 'wasm' },
  node: { package: '@tensorflow/tfjs-node', backend: 'tensorflow' },
  'node-gpu': { package: '@tensorflow/tfjs-node-gpu', backend: 'tensorflow' },
}

/** tfjs-node calls util.isNullOrUndefined, which Node 23 removed. */
const NEWEST_NODE = 22

/** Throws CliError where the backend's package is missing or does not run here. */
export async function useBackend(flag: BackendFlag): Promise<void> {
  const { package: name, backend } = PACKAGES[flag]
  if (backend === 'tensorflow') checkNode(name)
  await importBackend(flag)
  if (tf.findBackendFactory(backend) === null) {
    throw new CliError(
      `--backend ${flag}: ${name} belongs to another copy of @tensorflow/tfjs-core, ` +
        `expected one of version ${tf.version_core}`,
    )
  }
  if (!(await tf.setBackend(backend))) {
    throw new CliError(`--backend ${flag}: ${name} does not start here, expected --backend cpu`)
  }
  await tf.ready()
  quietFirstUse()
}

function checkNode(name: string): void {
  const major = Number(process.versions.node.split('.')[0])
  if (major <= NEWEST_NODE) return
  throw new CliError(
    `${name}: does not run on this Node, got ${process.versions.node}, ` +
      `expected ${NEWEST_NODE} or older, or --backend cpu, or --engine onnx`,
  )
}

async function importBackend(flag: BackendFlag): Promise<void> {
  const { package: name } = PACKAGES[flag]
  try {
    await import(name)
  } catch (cause) {
    const missing = messageOf(cause).startsWith(`Cannot find package '${name}'`)
    throw new CliError(
      missing
        ? `--backend ${flag}: not installed, expected ${name} (npm install ${name}), or --engine onnx`
        : `--backend ${flag}: ${name} does not load, got ${messageOf(cause)}, expected --engine onnx`,
      { cause },
    )
  }
}

/** Makes the cpu backend ready for whoever computes on it, without its advertisement. */
export async function quietCpuBackend(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu')
  const before = tf.engine().backendName as string | undefined
  await tf.setBackend('cpu')
  quietFirstUse()
  if (before !== undefined && before !== 'cpu') await tf.setBackend(before)
}

/**
 * The cpu backend advertises tfjs-node on its first use, where IS_NODE is set. The first use is this
 * one, without it; real warnings are left alone.
 */
function quietFirstUse(): void {
  const isNode = tf.env().getBool('IS_NODE')
  tf.env().set('IS_NODE', false)
  tf.scalar(0).dispose()
  tf.env().set('IS_NODE', isNode)
}
