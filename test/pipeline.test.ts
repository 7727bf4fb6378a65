// The whole way through the command, from images to pictures, for each architecture and likelihood.
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  decodeNpy,
  decodePng,
  encodeNpy,
  glyphs,
  selectImages,
  type ImageSet,
} from '@anyvae/images'
import { loadImages } from '@anyvae/images/node'
import { loadVae, type Vae } from '@anyvae/runtime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from './command.js'
import { json } from './json.js'
import { contentsOf, filesOf } from './runs.js'
import { writeFiles } from './sources.js'

/** Twenty pixels high, sixteen wide, in three colours. */
function colourDigits(): Uint8Array {
  const { data } = glyphs({ count: 60, seed: 5, height: 20, width: 16 })
  const pixels = Uint8Array.from({ length: 3 * data.length }, (_, i) =>
    Math.floor((data[Math.floor(i / 3)] ?? 0) / (1 + (i % 3))),
  )
  return encodeNpy({ dtype: 'u1', shape: [60, 20, 16, 3], data: pixels })
}

const CASES = [
  { data: 'glyphs:300', network: '--arch mlp --hidden 24 --latent 2', likelihood: 'bernoulli' },
  { data: 'glyphs:300', network: '--arch mlp --hidden 24,12 --latent 3', likelihood: 'gaussian' },
  {
    data: 'glyphs:200',
    network: '--arch conv --filters 4,8 --kernel 3 --latent 3',
    likelihood: 'bernoulli',
  },
  {
    data: 'colour.npy',
    network: '--arch conv --filters 3 --kernel 5 --latent 2',
    likelihood: 'gaussian',
  },
]

const base = await temporaryFolder()

describe.each(CASES)('$network, $likelihood, $data', ({ data, network, likelihood }) => {
  const folder = join(base, String(CASES.findIndex((each) => each.network === network)))
  let trained: Record<string, unknown> = {}
  let vae: Vae
  let images: ImageSet
  beforeAll(async () => {
    await mkdir(folder)
    await writeFiles(folder, { 'colour.npy': colourDigits() })
    const settings = `${network} --likelihood ${likelihood} --batch 25 --epochs 2 --seed 6`
    trained = await json(folder, `train --data ${data} ${settings} --out run`)
    await json(folder, 'export run --out bundle')
    vae = await loadVae(join(folder, 'bundle'))
    const source = data === 'colour.npy' ? join(folder, data) : data
    images = (await loadImages(source)).test
  })
  afterAll(() => vae.release())

  /** The float32 array that a command writes. */
  async function made(args: string): Promise<{ shape: readonly number[]; data: unknown }> {
    await json(folder, `${args} --out made.npy`)
    const { shape, data } = decodeNpy(await readFile(join(folder, 'made.npy')), 'made.npy')
    return { shape, data }
  }

  it('verifies', async () => {
    const { ok, files, problems } = await json(folder, 'verify bundle')
    expect({ ok, problems }).toEqual({ ok: true, problems: [] })
    expect(files).toHaveLength(2)
  })

  it('is made again, byte for byte, by the command in its manifest', async () => {
    const again = join(folder, 'again')
    await writeFiles(again, { 'colour.npy': colourDigits() })
    const { command = '' } = vae.manifest.training ?? {}
    await json(again, command.replace(/^anyvae /, ''))
    await json(again, 'export run --out bundle')
    const [first, second] = [join(folder, 'run'), join(again, 'run')]
    expect(await contentsOf(second)).toEqual(await contentsOf(first))
    expect(await filesOf(join(again, 'bundle'))).toEqual(await filesOf(join(folder, 'bundle')))
  })

  it('has the quality that training ended with', async () => {
    // Of one draw of the latents, as each epoch's figures are.
    const figures = await json(folder, `eval bundle --draws 1 --data ${data}`)
    const { test } = trained as { test: Record<string, number> }
    for (const name of ['negativeElbo', 'reconstruction', 'kl']) {
      const scale = Math.abs(test['negativeElbo'] ?? 0)
      expect(Number(figures[name]) / scale, name).toBeCloseTo((test[name] ?? NaN) / scale, 4)
    }
    expect(figures['activeUnits']).toBe(test['activeUnits'])
    expect(figures['images']).toBe(images.count)
    expect(figures['network']).toMatchObject({ likelihood, latent: vae.manifest.latentSize })
  })

  it('draws the samples that the runtime draws', async () => {
    const { shape, data } = await vae.sample(7, { seed: 11, temperature: 0.8 })
    const args = 'sample bundle --count 7 --seed 11 --temperature 0.8'
    expect(await made(args)).toEqual({ shape, data })
  })

  it('encodes and reconstructs as the runtime does', async () => {
    const three = selectImages(images, [0, 1, 2])
    const { mean, logVariance, shape } = await vae.encode(three)
    const encode = `encode bundle --data ${data} --limit 3`
    expect(await made(encode)).toEqual({ shape, data: mean })
    const rows = (await json(folder, encode))['images'] as {
      mean: number[]
      logVariance: number[]
    }[]
    expect(rows.flatMap((row) => row.mean)).toEqual([...mean])
    expect(rows.flatMap((row) => row.logVariance)).toEqual([...logVariance])
    const copies = await vae.reconstruct(three, { seed: 2 })
    expect(await made(`reconstruct bundle --data ${data} --limit 3 --seed 2`)).toEqual({
      shape: copies.shape,
      data: copies.data,
    })
  })

  it('goes from image to image, and spans a manifold', async () => {
    const { mean, shape } = await vae.encode(selectImages(images, [0, 1]))
    const [from, to] = [mean.slice(0, shape[1]), mean.slice(shape[1])]
    const way = await vae.interpolate(from, to, { steps: 5, mode: 'spherical' })
    const args = `interpolate bundle --data ${data} --from 0 --to 1 --steps 5`
    expect(await made(args)).toEqual({ shape: way.shape, data: way.data })
    const grid = await made('manifold bundle --size 3 --axes 0,1')
    const middle = await vae.decode(new Float32Array(vae.manifest.latentSize))
    const size = middle.data.length
    expect(grid.shape).toEqual([9, ...middle.shape.slice(1)])
    const values = grid.data as Float32Array
    expect(values).toHaveLength(9 * size)
    values.slice(4 * size, 5 * size).forEach((value, i) => {
      expect(value).toBeCloseTo(middle.data[i] ?? NaN, 5)
    })
  })

  it('writes pictures', async () => {
    const interpolate = 'interpolate bundle --from seed:1 --to seed:2 --steps 4'
    await expectPicture('sample bundle --count 6')
    await expectPicture(`reconstruct bundle --data ${data} --limit 4`)
    // Their pictures are of the same kind: once is enough.
    if (network !== CASES[0]?.network) return
    await expectPicture(interpolate)
    await expectPicture('manifold bundle --size 4 --axes 0,1')
    await expectPicture(`data ${data}`)
  })

  async function expectPicture(args: string): Promise<void> {
    await json(folder, `${args} --out made.png`)
    const { width, height, data } = decodePng(await readFile(join(folder, 'made.png')))
    expect(Math.min(width, height), args).toBeGreaterThanOrEqual(vae.manifest.image.width)
    expect(new Set(data).size, args).toBeGreaterThan(10)
  }
})
