// Checks a bundle: checksums, structure, shapes, and its test vectors through a runtime.
import { checkModel, decodeModel } from '@anyvae/onnx'
import {
  type BundleReader,
  type Manifest,
  type ManifestFile,
  type Precision,
  readManifest,
  readModel,
  type Role,
  type Session,
  type SessionBackend,
  type SessionOptions,
  type SessionValue,
} from '@anyvae/runtime'
import { BundleError } from '../error.js'
import { type Replayed, replayVectors } from './replay.js'
import { faultOf, limitsOf } from './tolerance.js'
import { readVectors } from '../vectors.js'

/** What was found of one output of a model file. */
export interface OutputVerification {
  readonly output: string
  /**
   * Root mean square of the difference from the test vectors, relative to that of their values (at least
   * 0.01).
   */
  readonly difference: number
  /** What of it is a factor or a shift: at most `difference`. */
  readonly bias: number
  /** The largest absolute difference: not relative. */
  readonly largest: number
  /** How many values were compared. */
  readonly count: number
  /** The largest difference that passes; absent where the manifest gives none. */
  readonly tolerance?: number
  readonly ok: boolean
}

/** What was found of one model file. */
export interface FileVerification {
  readonly file: string
  readonly role: Role
  readonly precision: Precision
  readonly bytes: number
  /** One for each output; none where the vectors were not run. */
  readonly outputs: readonly OutputVerification[]
  readonly ok: boolean
}

/** What was found of a bundle. */
export interface Verification {
  readonly ok: boolean
  readonly name: string
  readonly files: readonly FileVerification[]
  /** One line for each thing that is wrong. */
  readonly problems: readonly string[]
}

/**
 * Verifies every model file of a bundle. What is wrong with a file is reported, not thrown.
 *
 * @throws RuntimeError (by rejection) where there is no manifest that can be read
 */
export async function verifyBundle(
  reader: BundleReader,
  backend: SessionBackend,
  options: SessionOptions = {},
): Promise<Verification> {
  const manifest = await readManifest(reader)
  const files: FileVerification[] = []
  const problems = missingParts(manifest)
  for (const [file, entry] of Object.entries(manifest.files)) {
    const { role, precision, bytes } = entry
    const facts = { file, role, precision, bytes }
    try {
      const replay = { reader, backend, options, manifest }
      const replayed = await replayFile(replay, file, entry)
      const judged = judge(file, entry, { replayed, options })
      problems.push(...judged.problems)
      files.push({ ...facts, outputs: judged.outputs, ok: judged.problems.length === 0 })
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
      files.push({ ...facts, outputs: [], ok: false })
    }
  }
  return { ok: problems.length === 0, name: manifest.name, files, problems }
}

interface Judged {
  readonly outputs: readonly OutputVerification[]
  /** One line for each output that fails. */
  readonly problems: readonly string[]
}

/** Holds each output against its limits. */
function judge(
  file: string,
  entry: ManifestFile,
  { replayed, options }: { readonly replayed: Replayed; readonly options: SessionOptions },
): Judged {
  const problems: string[] = []
  const outputs = Object.entries(replayed).map(([output, found]): OutputVerification => {
    const { count } = found
    const limits = limitsOf({ file: entry, output, count, provider: options.provider })
    const fault = limits
      ? faultOf(found, limits, entry)
      : 'got no tolerance in anyvae.json, expected one'
    if (fault !== undefined)
      problems.push(`${file}: output ${output} differs from its test vectors, ${fault}`)
    const tolerance = limits && { tolerance: limits.tolerance }
    return { output, ...found, ...tolerance, ok: fault === undefined }
  })
  return { outputs, problems }
}

/** A line for each half of the VAE that has no float32 file. */
function missingParts({ files }: Manifest): string[] {
  const got = Object.keys(files).join(', ') || 'no files'
  return (['encoder', 'decoder'] as const)
    .filter((role) => !Object.values(files).some((file) => isReference(file, role)))
    .map((role) => `anyvae.json: lists no ${role}, got ${got}, expected one of precision float32`)
}

function isReference(file: ManifestFile, role: Role): boolean {
  return file.role === role && file.precision === 'float32'
}

interface Replay {
  readonly reader: BundleReader
  readonly backend: SessionBackend
  readonly options: SessionOptions
  readonly manifest: Manifest
}

async function replayFile(replay: Replay, file: string, entry: ManifestFile): Promise<Replayed> {
  const { reader, backend, options, manifest } = replay
  const bytes = await readModel(reader, manifest, file)
  checkStructure(file, bytes)
  const session = await backend.createSession(bytes, options)
  try {
    checkShapes(file, entry.role, { session, manifest })
    const read = (path: string) => reader.read(path)
    return await replayVectors(session, await readVectors(read, entry.role, session.outputs.length))
  } finally {
    await session.release()
  }
}

function checkStructure(file: string, bytes: Uint8Array): void {
  try {
    checkModel(decodeModel(bytes))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new BundleError(`${file}: ${reason}`, { cause })
  }
}

type Shapes = Readonly<Record<string, readonly (number | string)[]>>

/** Inputs and outputs by the bundle's contract; null stands for any. */
function promisedShapes({ image, latentSize, likelihood }: Manifest): Record<Role, Shapes> {
  const { channels, height, width } = image
  const pixels = ['batch', channels, height, width]
  const latent = ['batch', latentSize]
  const parameters = likelihood === 'bernoulli' ? { logits: pixels } : { log_scale: [] }
  return {
    encoder: { image: pixels, mean: latent, log_variance: latent },
    decoder: { latent, image: pixels, ...parameters },
  }
}

function checkShapes(
  file: string,
  role: Role,
  { session, manifest }: { session: Session; manifest: Manifest },
): void {
  const describe = ({ name, dims }: Pick<SessionValue, 'name' | 'dims'>) =>
    `${name} [${dims.join(', ')}]`
  const got = [...session.inputs, ...session.outputs].map(describe).join(', ')
  const expected = Object.entries(promisedShapes(manifest)[role])
    .map(([name, dims]) => describe({ name, dims }))
    .join(', ')
  if (got !== expected) {
    throw new BundleError(
      `${file}: inputs and outputs differ from the manifest, got ${got}, expected ${expected}`,
    )
  }
}
