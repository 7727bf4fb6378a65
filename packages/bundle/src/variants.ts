// Lighter variants of a bundle's files beside them, with what they cost in its manifest and its card.
import { describeShape, type ImageSet } from '@anyvae/images'
import {
  type BundleReader,
  type Manifest,
  type ManifestFile,
  parseManifest,
  isAbortSignal,
  kindOf,
  readManifest,
  readModel,
  type Session,
  type SessionBackend,
  sha256Hex,
} from '@anyvae/runtime'
import type { BundleFiles } from './bundle.js'
import { calibrationImages } from './calibration.js'
import { modelCard } from './card/card.js'
import { measureDamage } from './damage.js'
import { BundleError } from './error.js'
import { referenceOf } from './evaluator.js'
import { type LightFile, lightFiles, type LightPrecision } from './light.js'
import { memoryReader } from './memory.js'
import { nameOf } from './names.js'
import { replayVectors } from './verification/replay.js'
import { tolerancesOf } from './verification/tolerance.js'
import { type Part, readVectors } from './vectors.js'
import { fileWarnings, sharedWarning } from './card/warnings.js'

/** Which variants to make, from what, and on what to measure them. */
export interface VariantOptions {
  readonly precisions: readonly LightPrecision[]
  /** What the images are called; of a path the manifest keeps the last part. */
  readonly data: string
  /** int8 is calibrated on up to 1,000 of these. */
  readonly calibration: ImageSet
  /** The damage is measured on these, which should be others. */
  readonly test: ImageSet
  readonly signal?: AbortSignal | undefined
  /** Told before each part of the work what it is. */
  readonly onProgress?: ((doing: string) => void) | undefined
  /** Told of each doubt about the new files, in one line: too few images, too high a cost. */
  readonly onWarning?: ((warning: string) => void) | undefined
}

/**
 * A bundle with lighter variants of both halves beside them: `encoder_fp16.onnx` and so on. The manifest
 * says of each what it costs, and so does the model card. Those that are there already are made anew.
 *
 * @throws BundleError, OnnxError or RuntimeError (by rejection) where the bundle is damaged, the images
 * are of another shape, or a model cannot be made lighter; the signal's reason where it is aborted
 */
export async function addVariants(
  files: BundleFiles,
  backend: SessionBackend,
  options: VariantOptions,
): Promise<BundleFiles> {
  const { precisions, signal, onProgress, onWarning = () => undefined } = options
  checkSignal(signal)
  const reader = memoryReader(files)
  const manifest = await readManifest(reader)
  for (const set of [options.calibration, options.test]) checkShape(manifest, set)
  const images = calibrationImages(options.calibration)
  for (const each of precisions) {
    const known = Object.values(manifest.files).some(({ precision }) => precision === each)
    if (known) onProgress?.(`${each}: there already, made anew`)
  }
  if (precisions.includes('int8')) onProgress?.(`calibrating int8 on ${counted(images)}`)
  const source = { reader, manifest, backend, precisions, images, signal }
  const light = await lightFiles(source)
  onProgress?.(`measuring on ${counted(options.test)}`)
  const entries = await entriesOf(light, { ...options, reader, manifest, backend, images })
  const made = Object.fromEntries(light.map(({ path }, i) => [path, entries[i]]))
  const renewed = parseManifest({ ...manifest, files: { ...manifest.files, ...made } })
  const shared = precisions.includes('int8') ? sharedWarning(images, options.test) : []
  const own = Object.entries(renewed.files).filter(([path]) => path in made)
  const doubts = [...shared, ...fileWarnings({ files: Object.fromEntries(own) })]
  doubts.forEach((doubt) => onWarning(doubt))
  return withFiles(files, { manifest: renewed, light, shared })
}

function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined) return
  if (!isAbortSignal(signal)) {
    throw new BundleError(`signal: not usable, got ${kindOf(signal)}, expected an AbortSignal`)
  }
  signal.throwIfAborted()
}

function counted({ count }: ImageSet): string {
  return `${count} ${count === 1 ? 'image' : 'images'}`
}

function checkShape({ image }: Manifest, { name, shape }: ImageSet): void {
  const [got, expected] = [describeShape(shape), describeShape(image)]
  if (got === expected) return
  throw new BundleError(
    `${name}: images of another shape than the bundle's, got ${got}, expected ${expected}`,
  )
}

interface Measuring extends VariantOptions {
  readonly reader: BundleReader
  readonly manifest: Manifest
  readonly backend: SessionBackend
  /** Those that int8 was calibrated on. */
  readonly images: ImageSet
}

/** What the manifest says of each file, in their order. */
async function entriesOf(
  light: readonly LightFile[],
  { reader, manifest, backend, ...options }: Measuring,
): Promise<ManifestFile[]> {
  const opened: Session[] = []
  const open = async (bytes: Uint8Array) => {
    const session = await backend.createSession(bytes)
    opened.push(session)
    return session
  }
  const reference = async (part: Part) =>
    open(await readModel(reader, manifest, referenceOf(manifest, part)))
  const data = nameOf(options.data)
  try {
    const both = { encoder: await reference('encoder'), decoder: await reference('decoder') }
    const sessions = []
    for (const file of light) sessions.push({ ...file, session: await open(file.bytes) })
    const { test, signal } = options
    const damages = await measureDamage(sessions, {
      manifest,
      reference: both,
      images: test,
      signal,
    })
    return await Promise.all(
      sessions.map(async ({ role, precision, bytes, session }, i): Promise<ManifestFile> => {
        const vectors = await readVectors((path) => reader.read(path), role, session.outputs.length)
        return {
          role,
          precision,
          bytes: bytes.length,
          sha256: await sha256Hex(bytes),
          tolerances: tolerancesOf(precision, await replayVectors(session, vectors)),
          ...(precision === 'int8' && { calibration: { data, images: options.images.count } }),
          ...(damages[i] && { damage: { data, ...damages[i] } }),
        }
      }),
    )
  } finally {
    await Promise.all(opened.map((session) => session.release()))
  }
}

/** The bundle's files with further ones, model files first. */
function withFiles(files: BundleFiles, { manifest, light, shared }: Renewed): BundleFiles {
  const text = new TextEncoder()
  const changed = new Map([
    ...light.map(({ path, bytes }) => [path, bytes] as const),
    ['anyvae.json', text.encode(`${JSON.stringify(manifest, null, 2)}\n`)],
    ['README.md', text.encode(modelCard(manifest, shared))],
  ])
  const all = new Map([...files, ...changed])
  const paths = new Set([...Object.keys(manifest.files), ...all.keys()])
  return new Map([...paths].map((path) => [path, all.get(path) ?? new Uint8Array()]))
}

interface Renewed {
  readonly manifest: Manifest
  readonly light: readonly LightFile[]
  /** Doubts that the manifest gives no reason for. */
  readonly shared: readonly string[]
}
