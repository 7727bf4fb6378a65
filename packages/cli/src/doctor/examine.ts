// What this machine can compute with, each thing tried in a process of its own.
import { availableParallelism, totalmem } from 'node:os'
import {
  PLATFORMS,
  probeOnnxRuntime,
  probeProvider,
  type OnnxRuntime,
  type Probe,
  type ProbeOptions,
} from '@anyvae/runtime-node/probe'
import { PROVIDERS, type ProviderFlag } from '../command.js'
import { BACKENDS } from '../train/flags.js'
import { VERSION } from '../version.js'
import { probeBackend, type BackendProbe } from './tensorflow.js'

/** The oldest Node that the packages take, as their `engines` have it. */
const OLDEST_NODE = '20.19.0'

/** A provider that is missing from the binaries, or was tried. */
export interface ProviderState extends Probe {
  /** Where it runs at all. */
  readonly platforms: string
}

/** What was found. */
export interface Examination {
  readonly anyvae: string
  readonly platform: string
  readonly arch: string
  readonly node: { readonly version: string; readonly works: boolean; readonly oldest: string }
  /** Threads that the machine runs side by side. */
  readonly cores: number
  /** Bytes. */
  readonly memory: number
  readonly onnxruntime: OnnxRuntime
  readonly providers: readonly ProviderState[]
  readonly tensorflow: readonly BackendProbe[]
}

/** Tries everything. Throws the signal's reason alone. */
export async function examine(options: ProbeOptions): Promise<Examination> {
  const onnxruntime = await probeOnnxRuntime(options)
  const [providers, tensorflow] = await Promise.all([
    Promise.all(PROVIDERS.map((provider) => examineProvider(provider, onnxruntime, options))),
    Promise.all(BACKENDS.map((backend) => probeBackend(backend, options))),
  ])
  const { platform, arch, versions } = process
  return {
    anyvae: VERSION,
    platform,
    arch,
    node: {
      version: versions.node,
      works: isAtLeast(versions.node, OLDEST_NODE),
      oldest: OLDEST_NODE,
    },
    cores: availableParallelism(),
    memory: totalmem(),
    onnxruntime,
    providers,
    tensorflow,
  }
}

async function examineProvider(
  provider: ProviderFlag,
  { providers, problem }: OnnxRuntime,
  options: ProbeOptions,
): Promise<ProviderState> {
  const platforms = PLATFORMS[provider]
  if (providers.includes(provider))
    return { ...(await probeProvider(provider, options)), platforms }
  const missing = `not in onnxruntime-node for ${process.platform} on ${process.arch}`
  return { provider, works: false, problem: problem ?? missing, needs: [], platforms }
}

/** Whether a version is another one or newer. */
export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number))
  const at = a?.findIndex((part, i) => part !== b?.[i]) ?? -1
  return at < 0 || (a?.[at] ?? 0) > (b?.[at] ?? 0)
}
