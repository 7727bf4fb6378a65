// A bundle of any format as one of the present format: same graphs and vectors, new manifest and card.
import {
  type Manifest,
  type ManifestFile,
  parseManifest,
  type QualitySummary,
  readManifest,
  type SessionBackend,
} from '@anyvae/runtime'
import type { BundleFiles } from './bundle.js'
import { doubtsIn, modelCard } from './card/card.js'
import { BundleError } from './error.js'
import { memoryReader } from './memory.js'
import { tolerancesOf } from './verification/tolerance.js'
import { verifyBundle } from './verification/verify.js'

/** What else a bundle is given anew. */
export interface RenewOptions {
  /** Measured figures that take the place of the manifest's. */
  readonly quality?: QualitySummary | undefined
}

/**
 * A bundle with its manifest and card as this version writes them. Every file is verified first, and is given
 * its tolerances by how it replays the test vectors; all other files stay as they are, byte for byte.
 *
 * @throws BundleError (by rejection) where the bundle does not verify; RuntimeError where it cannot be read
 */
export async function renewBundle(
  files: BundleFiles,
  backend: SessionBackend,
  { quality }: RenewOptions = {},
): Promise<BundleFiles> {
  const reader = memoryReader(files)
  const manifest = await readManifest(reader)
  const { problems, files: verified } = await verifyBundle(reader, backend)
  if (problems.length > 0) {
    throw new BundleError(
      `bundle: does not verify, got ${problems.join('; ')}, expected one that does: export its run again`,
    )
  }
  const entries = verified.map(({ file, precision, outputs }) => {
    const replayed = outputs.map(({ output, ...found }) => [output, found] as const)
    const tolerances = tolerancesOf(precision, Object.fromEntries(replayed))
    // The one tolerance of format 1 is said anew for each output.
    const facts = Object.entries(entryOf(manifest, file)).filter(([key]) => key !== 'tolerance')
    return [file, { ...Object.fromEntries(facts), tolerances }] as const
  })
  const renewed = parseManifest({
    ...manifest,
    files: Object.fromEntries(entries),
    ...(quality && { quality }),
  })
  const text = new TextEncoder()
  const card = new TextDecoder().decode(files.get('README.md'))
  return new Map([
    ...files,
    ['anyvae.json', text.encode(`${JSON.stringify(renewed, null, 2)}\n`)],
    ['README.md', text.encode(modelCard(renewed, doubtsIn(card)))],
  ])
}

function entryOf({ files }: Manifest, path: string): ManifestFile {
  const entry = files[path]
  if (entry) return entry
  throw new BundleError(
    `${path}: not in the manifest, expected one of ${Object.keys(files).join()}`,
  )
}
