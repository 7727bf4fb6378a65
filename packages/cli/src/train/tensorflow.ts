// Makes a TensorFlow.js backend the current one; the optional ones are imported by name when asked for.
import * as tf from '@tensorflow/tfjs-core'
import { CliError, messageOf } from '../error.js'
import type { BackendFlag } from './flags.js'

interface BackendPackage {
  readonly package: string
  /** What the package registers with TensorFlow.js. */
  readonly backend: string
}

/** The package of each backend. */
export const PACKAGES: Readonly<Record<BackendFlag, BackendPackage>> = {
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
  if (backend === 'tensorflow') checkNode(name, process.versions.node)
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

/** Throws CliError where a Node of this version is too new for tfjs-node. */
export function checkNode(name: string, version: string): void {
  if (Number(version.split('.')[0]) <= NEWEST_NODE) return
  throw new CliError(
    `${name}: does not run on this Node, got ${version}, ` +
      `expected ${NEWEST_NODE} or older, or --backend cpu, or --engine onnx`,
  )
}

async function importBackend(flag: BackendFlag): Promise<void> {
  const { package: name } = PACKAGES[flag]
  try {
    await import(name)
  } catch (cause) {
    const missing = isNotFound(cause) && messageOf(cause).includes(`'${name}'`)
    throw new CliError(
      missing
        ? `--backend ${flag}: not installed, expected ${name} (npm install ${name}), or --engine onnx`
        : `--backend ${flag}: ${name} does not load, got ${messageOf(cause)}, expected --engine onnx`,
      { cause },
    )
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
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
