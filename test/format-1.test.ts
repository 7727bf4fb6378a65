// Bundles with manifests of format 1 load from disk and from a server, and compute what they did.
import { copyFile, cp } from 'node:fs/promises'
import { join } from 'node:path'
import { loadVae } from '@anyvae/runtime-node'
import { expect, it } from 'vitest'
import { ROOT, temporaryFolder } from './command.js'
import { serve } from './server.js'

const base = await temporaryFolder()
const served = await serve(base)

it.each([
  ['mnist-conv', 'float32'],
  ['mnist-conv', 'int8'],
  ['mnist-mlp', 'float32'],
  ['mnist-2d', 'float32'],
] as const)('%s loads in %s', async (name, precision) => {
  const now = join(ROOT, 'models', name)
  const old = join(base, name)
  await cp(now, old, { recursive: true })
  await copyFile(join(ROOT, 'test', 'format-1', `${name}.json`), join(old, 'anyvae.json'))
  const drawn = []
  for (const location of [now, old, `${served.url}/${name}`]) {
    const vae = await loadVae(location, { precision })
    expect(vae.manifest.formatVersion).toBe(2)
    const decoder = vae.manifest.files['decoder.onnx']
    expect([decoder?.tolerance, decoder?.tolerances?.['image']]).toEqual(
      location === now ? [undefined, 1e-5] : [1e-4, undefined],
    )
    drawn.push(await vae.sample(3, { seed: 1 }))
    await vae.release()
  }
  expect(drawn[1]).toEqual(drawn[0])
  expect(drawn[2]).toEqual(drawn[0])
})
