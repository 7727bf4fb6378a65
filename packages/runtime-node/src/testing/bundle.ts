// A bundle of the test models in a temporary folder.
import { createHash } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Manifest, ManifestFile, Role } from '@anyvae/runtime'
import { IMAGE, LATENT, decoderModel, encoderModel } from './models.js'

/** What the manifest says of a file. */
export function fileEntry(role: Role, bytes: Uint8Array): ManifestFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { role, precision: 'float32', bytes: bytes.length, sha256, tolerances: { image: 1e-5 } }
}

/** Writes a bundle, its manifest changed as asked, and gives its folder. */
export async function writeBundle(change: Partial<Manifest> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'anyvae-runtime-'))
  const files = { 'encoder.onnx': encoderModel(), 'decoder.onnx': decoderModel() }
  const manifest: Manifest = {
    formatVersion: 2,
    name: 'test',
    architecture: { name: 'linear' },
    latentSize: LATENT,
    image: { ...IMAGE, range: [0, 1] },
    likelihood: 'bernoulli',
    opset: 17,
    irVersion: 8,
    files: {
      'encoder.onnx': fileEntry('encoder', files['encoder.onnx']),
      'decoder.onnx': fileEntry('decoder', files['decoder.onnx']),
    },
    producer: { name: 'anyvae', version: '0.1.0' },
    license: 'MIT',
    ...change,
  }
  await writeFile(join(folder, 'anyvae.json'), JSON.stringify(manifest))
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes)
  return folder
}
