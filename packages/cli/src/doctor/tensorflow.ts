// Whether TensorFlow.js's backends compute here, each tried in a process of its own.
import { createRequire } from 'node:module'
import { askProcess, type ProbeOptions } from '@anyvae/runtime-node/probe'
import { messageOf } from '../error.js'
import type { BackendFlag } from '../train/flags.js'
import { checkNode, PACKAGES } from '../train/tensorflow.js'

/** Whether a backend computes here. */
export interface BackendProbe {
  readonly backend: BackendFlag
  readonly works: boolean
  /** Of its package, where it is installed. */
  readonly version?: string
  readonly problem?: string
  /** How to get it. */
  readonly how?: string
}

const COMPUTE = `
const [, corePath, backendPath, name] = process.argv
const tf = require(corePath)
require(backendPath)
Promise.resolve(tf.setBackend(name))
  .then((set) => set || Promise.reject(new Error('it does not start')))
  .then(() => answer([...tf.add(tf.tensor1d([1, 2]), 1).dataSync()]))
  .catch(refuse)`

/** Runs one addition on a backend. Never throws, but for the signal's reason. */
export async function probeBackend(
  flag: BackendFlag,
  options: ProbeOptions,
): Promise<BackendProbe> {
  const { package: name, backend } = PACKAGES[flag]
  try {
    if (backend === 'tensorflow') checkNode(name, process.versions.node)
  } catch (error) {
    return { backend: flag, works: false, problem: messageOf(error) }
  }
  const require = createRequire(import.meta.url)
  const how = `npm install ${name}`
  const at = pathOf(require, name)
  if (at === undefined) return { backend: flag, works: false, problem: 'not installed', how }
  const { version } = require(`${name}/package.json`) as { version: string }
  const told = await askProcess(
    COMPUTE,
    [require.resolve('@tensorflow/tfjs-core'), at, backend],
    options,
  )
  if ('answer' in told && told.answer === '[2,3]') return { backend: flag, works: true, version }
  const problem = 'problem' in told ? told.problem : `a wrong result, ${told.answer}`
  return { backend: flag, works: false, version, problem }
}

function pathOf(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name)
  } catch {
    return undefined
  }
}
