// What computes the training: flags, or what a checkpoint was computed with, to an engine factory.
import { onnxEngine, tfjsEngine, type Checkpoint, type EngineFactory } from '@anyvae/trainer'
import type { Provider } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import { CliError, refuseUsage } from '../error.js'
import { hint } from '../shell.js'
import { BACKENDS, type BackendFlag, type EngineFlag, type EngineFlags } from './flags.js'
import { PROVIDERS } from '../command.js'
import { useBackend } from './tensorflow.js'

/** What a checkpoint tells of its engine. */
export type ComputedWith = Pick<Checkpoint['computedWith'], 'engine' | 'provider'>

/** Refuses flags of one engine beside another: throws CliError, of wrong usage. */
function checkEngineFlags(engine: EngineFlag, flags: EngineFlags, arch?: string): void {
  if (engine === 'onnx' && flags.backend !== undefined) {
    refuseUsage(`--backend: a setting of the tfjs engine, got engine onnx, expected --engine tfjs`)
  }
  if (engine === 'onnx') return
  for (const name of ['provider', 'threads', 'session'] as const) {
    if (flags[name] === undefined) continue
    refuseUsage(`--${name}: a setting of the onnx engine, got engine tfjs, expected --engine onnx`)
  }
  if (flags.backend === 'wasm' && (arch === 'conv' || arch === 'resnet')) {
    refuseUsage(
      `--backend: wasm lacks the gradient of convolutions, got --arch ${arch}, expected --backend cpu or --engine onnx`,
    )
  }
}

/** The engine that flags name; of a run that is gone on with, the one that it was begun with. */
export async function chooseEngine(
  flags: EngineFlags,
  arch: string,
  before?: ComputedWith,
): Promise<EngineFactory> {
  const engine = flags.engine ?? (before?.engine === 'tfjs' ? 'tfjs' : 'onnx')
  const same = before?.engine === engine ? before.provider : undefined
  if (engine === 'tfjs') {
    const backend = flags.backend ?? backendOf(same) ?? 'cpu'
    checkEngineFlags(engine, { ...flags, backend }, arch)
    await useBackend(backend)
    return tfjsEngine
  }
  checkEngineFlags(engine, flags)
  const provider = flags.provider ?? providerOf(same)
  if (provider !== undefined && provider !== 'cpu') await checkProvider(provider)
  const { session } = flags
  return onnxEngine(nodeBackend, { ...(provider && { provider }), ...(session && { session }) })
}

/** Refuses a provider that computes nothing here, before images are read for it. */
async function checkProvider(provider: Provider): Promise<void> {
  if (!nodeBackend.providers.includes(provider)) {
    throw new CliError(
      `--provider: not one of onnxruntime-node here, got '${provider}', expected ${nodeBackend.providers.join(', ')}`,
    )
  }
  const { probeProvider } = await import('@anyvae/runtime-node/probe')
  const { works, problem, needs } = await probeProvider(provider)
  if (works) return
  const missing = needs.filter(({ found }) => !found).map(({ what }) => what)
  const expected = missing.length > 0 ? missing.join(', ') : `a machine that has ${provider}`
  throw new CliError(
    `--provider: ${provider} does not work here, got '${problem ?? 'no result'}', expected ${expected}: ${hint('doctor')} tells how to get what is missing`,
  )
}

/** TensorFlow.js's name of a backend as the flag has it. */
function backendOf(provider: string | undefined): BackendFlag | undefined {
  return provider === 'tensorflow' ? 'node' : BACKENDS.find((name) => name === provider)
}

function providerOf(provider: string | undefined): Provider | undefined {
  return PROVIDERS.find((name) => name === provider)
}
