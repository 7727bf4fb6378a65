// A whole VAE from a bundle: both halves behind one object.
import { createDecoder, type DecodedBatch, type Decoding } from './decoder.js'
import type * as encoderModule from './encoder.js'
import type { Encoded, Encoder, HalfSource, ReconstructOptions } from './encoder.js'
import { refuse } from './error.js'
import type { OpenOptions, RuntimeInfo, VaeShape } from './half.js'
import type { Images } from './images.js'
import type { Manifest, Precision, Role } from './manifest.js'
import { ownCopy } from './own-copy.js'
import { readManifest, readModel, type BundleReader } from './reader.js'
import { releasable, type Releasable } from './release.js'
import type { SessionBackend } from './session.js'

/** How to open a bundle. */
export interface OpenVaeOptions extends OpenOptions {
  /** Which weights to use; `float32` where left out. A half that lacks them uses float32. */
  readonly precision?: Precision | undefined
  /** Read the encoder only when it is first used. */
  readonly lazy?: boolean | undefined
}

/** A variational autoencoder, ready to run. */
export interface Vae extends Decoding, VaeShape, Releasable {
  readonly manifest: Manifest
  /** What is in use; `precision` is the decoder's. */
  readonly info: RuntimeInfo
  /**
   * Encodes one image or more; large batches are split.
   *
   * @throws RuntimeError (by rejection) on images of another size, values outside 0 to 1, or after
   * release
   */
  encode(images: Images): Promise<Encoded>
  /** Encodes and decodes; `latents` are those decoded. Throws RuntimeError as `encode` does. */
  reconstruct(images: Images, options?: ReconstructOptions): Promise<DecodedBatch>
}

/**
 * Opens a bundle: manifest and checksums verified, both sessions created.
 *
 * @throws RuntimeError (by rejection) on a file that is missing, altered, of a newer format or not
 * as the manifest says, on a precision that the bundle lacks, or a provider that cannot start
 */
export async function openVae(
  reader: BundleReader,
  backend: SessionBackend,
  options: OpenVaeOptions = {},
): Promise<Vae> {
  const manifest = await readManifest(reader)
  checkPrecision(manifest, options.precision)
  const source = async (role: Role): Promise<HalfSource> => {
    const { path, precision } = pick(manifest, role, options.precision)
    const { latentSize, image } = manifest
    const model = await readModel(reader, manifest, path)
    return { model, backend, options, promised: { latentSize, image, precision } }
  }
  const encoder = once(async () => {
    const { createEncoder } = await encoderCode()
    return createEncoder(await source('encoder'))
  })
  if (options.lazy !== true) await encoder.get()
  try {
    return vae(manifest, encoder, await createDecoder(await source('decoder')))
  } catch (error) {
    await encoder.release()
    throw error
  }
}

type Opened = Awaited<ReturnType<typeof createDecoder>>

/** The encoder's code too is downloaded only where it is used. */
const encoderCode = (): Promise<typeof encoderModule> => import('./encoder.js')

function vae(manifest: Manifest, encoder: Once<Encoder>, { half, decoding }: Opened): Vae {
  const { info, latentSize, image, session } = half
  const methods: Pick<Vae, keyof Decoding | 'encode' | 'reconstruct'> = {
    ...decoding,
    async encode(images) {
      const own = ownCopy(images)
      return (await encoder.get()).encode(own)
    },
    async reconstruct(images, options) {
      const own = ownCopy(images)
      return (await encoderCode()).reconstruct(methods, own, options)
    },
  }
  const free = async (): Promise<void> => {
    await Promise.all([session.release(), encoder.release()])
  }
  return { manifest, info, latentSize, image, ...releasable(methods, free) }
}

function checkPrecision(manifest: Manifest, precision: Precision = 'float32'): void {
  const known = Object.values(manifest.files).map((file) => file.precision)
  if (known.includes(precision)) return
  refuse('precision: not in this bundle', precision, `one of ${[...new Set(known)].join(', ')}`)
}

function pick(
  manifest: Manifest,
  role: Role,
  precision: Precision = 'float32',
): { readonly path: string; readonly precision: Precision } {
  const files = Object.entries(manifest.files).filter(([, file]) => file.role === role)
  const found =
    files.find(([, file]) => file.precision === precision) ??
    files.find(([, file]) => file.precision === 'float32')
  if (found) return { path: found[0], precision: found[1].precision }
  refuse(`bundle: no ${role} to use`, Object.keys(manifest.files), `one of precision ${precision}`)
}

interface Once<T> {
  /** Loads at the first call, and again where that failed. */
  get(): Promise<T>
  /** Releases what was loaded, if anything. */
  release(): Promise<void>
}

function once<T extends Releasable>(load: () => Promise<T>): Once<T> {
  let loading: Promise<T> | undefined
  return {
    get: () =>
      (loading ??= load().catch((error: unknown) => {
        loading = undefined
        throw error
      })),
    async release() {
      const loaded = await loading
      await loaded?.release()
    },
  }
}
