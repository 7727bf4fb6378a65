// What encoders and decoders share: options, what is in use, and the shapes that a graph states.
import { checkWhole, kindOf } from './check.js'
import { refuse } from './error.js'
import type { ImageShape, Precision } from './manifest.js'
import { ownCopy } from './own-copy.js'
import type { Provider, Session, SessionBackend, SessionOptions, SessionValue } from './session.js'

/** How to open a model: session options and how much to compute at a time. */
export interface OpenOptions extends SessionOptions {
  /** The most images or latents of one run; larger batches are split. 256 where left out. */
  readonly maxBatch?: number | undefined
}

/** What computes a model. */
export interface RuntimeInfo {
  /** The onnxruntime in use, for example `onnxruntime-node`. */
  readonly backend: string
  readonly provider: Provider
  /** Threads within one operator. */
  readonly threads: number
  /** How the weights are stored; absent for a bare file, which does not say. */
  readonly precision?: Precision
  /** Why it is not the provider that was tried first; absent where it is. */
  readonly fallback?: string
}

/** The sizes of a VAE. */
export interface VaeShape {
  readonly latentSize: number
  readonly image: ImageShape
}

/** What a manifest promises about a model file. */
export interface Promised extends VaeShape {
  readonly precision: Precision
}

/** An open graph with its sizes. */
export interface Half extends VaeShape {
  readonly session: Session
  readonly info: RuntimeInfo
  readonly maxBatch: number
}

/** What to open and what to expect of it. */
export interface HalfRequest {
  readonly model: Uint8Array
  readonly backend: SessionBackend
  readonly options: OpenOptions
  /** The shapes by the graph's own words. Throws RuntimeError. */
  readonly shapeOf: (session: Session) => VaeShape
  readonly promised: Promised | undefined
}

/** A copy of a model's bytes, which their owner may write to. Throws RuntimeError on what is no bytes. */
export function ownModel(model: Uint8Array): Uint8Array {
  if (model instanceof Uint8Array) return ownCopy(model)
  refuse('model: wrong type', kindOf(model), 'a Uint8Array')
}

/** Opens a graph and checks it against its manifest, if any. Throws RuntimeError. */
export async function openHalf(request: HalfRequest): Promise<Half> {
  const { backend, options, promised } = request
  const { maxBatch = 256 } = options
  checkWhole('maxBatch', maxBatch, 1)
  const session = await backend.createSession(request.model, options)
  try {
    const shape = request.shapeOf(session)
    if (promised !== undefined) checkPromise(shape, promised)
    const { provider, threads } = session
    const precision = promised && { precision: promised.precision }
    const info = { backend: backend.name, provider, threads, ...precision }
    return { ...shape, session, maxBatch, info }
  } catch (error) {
    await session.release()
    throw error
  }
}

/**
 * The sizes after the first dimension of a named float32 input or output, whose first dimension must
 * be symbolic, as design has it for every shipped graph. Throws RuntimeError.
 */
export function rowDims(values: readonly SessionValue[], name: string, rank: number): number[] {
  const value = values.find((candidate) => candidate.name === name)
  if (value === undefined) {
    const got = values.map((candidate) => candidate.name)
    refuse('model: not of the expected kind', got, `'${name}'`)
  }
  const { type, dims } = value
  const sizes = dims.filter((dim) => typeof dim === 'number')
  const symbolic = typeof dims[0] === 'string'
  if (type !== 'float32' || !symbolic || sizes.length !== rank - 1 || dims.length !== rank) {
    refuse(
      `model: unusable '${name}'`,
      `${type} [${dims.join(', ')}]`,
      `float32 with a symbolic batch and ${rank - 1} fixed sizes`,
    )
  }
  return sizes
}

function checkPromise(got: VaeShape, expected: VaeShape): void {
  const found = describe(got)
  const promised = describe(expected)
  if (found !== promised) refuse('model: not as its manifest says', found, promised)
}

function describe({ latentSize, image }: VaeShape): string {
  const { channels, height, width } = image
  return `${latentSize} latents and images of ${channels} x ${height} x ${width}`
}
