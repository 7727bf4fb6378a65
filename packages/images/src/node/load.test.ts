import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trainingBatches } from '../batches.js'
import { glyphs } from '../glyphs.js'
import { encodeIdx } from '../idx.js'
import { encodeNpy, type NpyArray } from '../npy.js'
import { loadImages } from './load.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-load-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Images of 2x2 whose pixels are first, first + 1, ... */
function idxImages(count: number, first = 0): Uint8Array {
  const data = Uint8Array.from({ length: 4 * count }, (_, i) => first + i)
  return encodeIdx({ dims: [count, 2, 2], data })
}

function idxLabels(count: number): Uint8Array {
  return encodeIdx({ dims: [count], data: Uint8Array.from({ length: count }, (_, i) => i % 10) })
}

async function files(contents: Record<string, Uint8Array>): Promise<void> {
  for (const [name, bytes] of Object.entries(contents)) await writeFile(join(folder, name), bytes)
}

describe('glyphs', () => {
  it('draws as many as asked for, and a tenth more to test on', async () => {
    const { train, test, source } = await loadImages('glyphs:40', { seed: 3 })
    expect([train.count, test.count, source]).toEqual([40, 4, 'glyphs:40'])
    expect(train).toEqual(glyphs({ count: 40, seed: 3 }))
    expect(test).toEqual(glyphs({ count: 4, seed: 3, split: 'test' }))
  })

  it('draws them in the size asked for', async () => {
    const { train } = await loadImages('glyphs:2', { size: 16 })
    expect(train.shape).toEqual({ channels: 1, height: 16, width: 16 })
  })

  it.each(['glyphs:', 'glyphs:0', 'glyphs:x', 'glyphs:-5', 'glyphs:1.5'])(
    'refuses %s',
    async (source) => {
      await expect(loadImages(source)).rejects.toThrow(
        `${source}: no usable count, got '${source.slice(7)}', expected a whole number from 1, as in glyphs:10000`,
      )
    },
  )
})

describe('a folder of IDX files', () => {
  it('is read under MNIST names, gzipped or not, whatever the ending says', async () => {
    await files({
      'train-images-idx3-ubyte': gzipSync(idxImages(5)),
      'train-labels.idx1-ubyte.gz': idxLabels(5),
      't10k-images.idx3-ubyte': idxImages(2, 100),
      't10k-labels-idx1-ubyte.gz': gzipSync(idxLabels(2)),
      'README.md': new Uint8Array(3),
    })
    const { train, test } = await loadImages(folder)
    expect(train.shape).toEqual({ channels: 1, height: 2, width: 2 })
    expect([...train.data]).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect([...(train.labels ?? [])]).toEqual([0, 1, 2, 3, 4])
    expect([...test.data]).toEqual([100, 101, 102, 103, 104, 105, 106, 107])
    expect([...(test.labels ?? [])]).toEqual([0, 1])
  })

  it('without a test set holds out a tenth; without labels has none', async () => {
    await files({ 'train-images-idx3-ubyte': idxImages(20) })
    const { train, test } = await loadImages(folder)
    expect([train.count, test.count, train.labels]).toEqual([18, 2, undefined])
  })

  it('with a test set alone evaluates on all of it and trains on nothing', async () => {
    await files({
      't10k-images-idx3-ubyte': idxImages(20),
      't10k-labels-idx1-ubyte': idxLabels(20),
    })
    const { train, test } = await loadImages(folder)
    expect([train.count, test.count]).toEqual([0, 20])
    expect(() => [...trainingBatches(train, { batchSize: 4, seed: 0, epoch: 0 })]).toThrow(
      `${folder} (has test images alone): no images, got 0, expected at least 1`,
    )
  })

  it.each<[string, Record<string, Uint8Array>, string]>([
    [
      'truncated',
      { 'train-images-idx3-ubyte': idxImages(5).slice(0, -3) },
      'train-images-idx3-ubyte: truncated, got 33 bytes, expected 36 (5 x 2 x 2 images)',
    ],
    [
      'gzip that ends early',
      { 'train-images-idx3-ubyte.gz': gzipSync(idxImages(5)).subarray(0, 30) },
      'train-images-idx3-ubyte.gz: gzip data end early, got 30 bytes, expected a whole gzip file',
    ],
    [
      'gzip that is damaged',
      {
        'train-images-idx3-ubyte.gz': gzipSync(idxImages(5)).map((b, i) =>
          i === 12 ? b ^ 255 : b,
        ),
      },
      'train-images-idx3-ubyte.gz: gzip data damaged, got ',
    ],
    [
      'labels where images should be',
      { 'train-images-idx3-ubyte': idxLabels(5) },
      'train-images-idx3-ubyte: not IDX images, got magic number 0x00000801 (labels), expected 0x00000803',
    ],
    [
      'more labels than images',
      { 'train-images-idx3-ubyte': idxImages(5), 'train-labels-idx1-ubyte': idxLabels(6) },
      'train-labels-idx1-ubyte: not one label per image, got 6 labels, expected 5 as there are images in ',
    ],
    [
      'labels alone',
      { 'train-labels-idx1-ubyte.gz': idxLabels(6) },
      'train-labels-idx1-ubyte.gz: labels without images, got no train-images-idx3-ubyte.gz, expected it in the same folder',
    ],
    [
      'images of two shapes',
      {
        'train-images-idx3-ubyte': idxImages(5),
        't10k-images-idx3-ubyte': encodeIdx({ dims: [1, 3, 2], data: new Uint8Array(6) }),
      },
      't10k-images-idx3-ubyte: unlike the training images, got 3x2 grey (height x width), expected 2x2 grey as in ',
    ],
  ])('is refused: %s', async (_, contents, message) => {
    await files(contents)
    await expect(loadImages(folder)).rejects.toThrow(join(folder, message))
  })
})

const mnist = new URL('../../../../../shared/data/mnist', import.meta.url).pathname

describe.runIf(existsSync(mnist))('real MNIST files', () => {
  it('load', async () => {
    const { train, test } = await loadImages(mnist)
    expect([train.count, test.count]).toEqual([60_000, 10_000])
    expect([...(train.labels ?? [])].slice(0, 5)).toEqual([5, 0, 4, 1, 9])
    expect([...(test.labels ?? [])].slice(0, 5)).toEqual([7, 2, 1, 0, 4])
  })

  it('have about as much ink as the glyphs', async () => {
    const { test } = await loadImages(mnist)
    const ink = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / data.length
    expect(ink(glyphs({ count: 2000 }).data) / ink(test.data)).toBeCloseTo(1, 0.7)
  })
})

describe('NumPy files', () => {
  const images = (count: number): NpyArray => {
    const data = Uint8Array.from({ length: 4 * count }, (_, i) => i + 2)
    return { dtype: 'u1', shape: [count, 2, 2], data }
  }
  const labels: NpyArray = { dtype: 'i8', shape: [3], data: BigInt64Array.of(1n, 2n, 3n) }
  const path = () => join(folder, 'array')

  it('hold out a tenth of a .npy, whatever its name', async () => {
    await files({ array: encodeNpy(images(20)) })
    const { train, test } = await loadImages(path())
    expect([train.count, test.count]).toEqual([18, 2])
  })

  it.each([
    ['x_train', 'y_train', 'x_test'],
    ['train_images', 'train_labels', 'test_images'],
  ])('know an archive of %s, %s and %s', async (x, y, test) => {
    const arrays = { [x]: images(3), [y]: labels, [test]: images(2), other: labels }
    const entries = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)])
    await files({ array: zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>) })
    const loaded = await loadImages(path())
    expect([loaded.train.count, loaded.test.count]).toEqual([3, 2])
    expect([...(loaded.train.labels ?? [])]).toEqual([1, 2, 3])
    expect(loaded.train.data).toEqual(images(3).data)
    expect(loaded.test.labels).toBeUndefined()
  })

  it.each<[string, () => Uint8Array, string]>([
    [
      'NaN',
      () => encodeNpy({ dtype: 'f4', shape: [1, 1, 2], data: Float32Array.of(0, NaN) }),
      ': no pixel value, got NaN at index 1, expected 0 to 1 or 0 to 255',
    ],
    [
      'an archive without images',
      () => zipSync({ 'a.npy': encodeNpy(labels), 'b.npy': encodeNpy(labels) }),
      ': no array of images, got a, b, expected x_train and x_test',
    ],
    [
      'a damaged archive',
      () => zipSync({ 'x_train.npy': encodeNpy(images(3)) }).subarray(0, 60),
      ': damaged, got ',
    ],
    [
      'an array in an archive that is truncated',
      () => zipSync({ 'x_train.npy': encodeNpy(images(3)).subarray(0, 130) }),
      ' (x_train): truncated, got 130 bytes, expected 140',
    ],
    [
      'an archive with an array of another checksum',
      () => {
        const archive = zipSync({ 'x.npy': encodeNpy(images(4)) }, { level: 0 })
        return archive.with(archive.indexOf(17), 18)
      },
      ' (x): damaged, got another checksum',
    ],
    ['another format', () => Uint8Array.of(1, 2), ': no array file, got other first bytes'],
  ])('are refused: %s', async (_, content, message) => {
    await files({ array: content() })
    await expect(loadImages(path())).rejects.toThrow(path() + message)
  })
})

describe('labels of an archive', () => {
  const x = encodeNpy({ dtype: 'u1', shape: [3, 1, 2], data: Uint8Array.of(200, 0, 1, 2, 3, 4) })
  const load = async (y: Uint8Array) => {
    await files({ array: zipSync({ 'images.npy': x, 'labels.npy': y }) })
    const { train, test, note } = await loadImages(join(folder, 'array'))
    return { count: train.count + test.count, labels: train.labels, note }
  }

  it('are taken where they are whole numbers or one-hot', async () => {
    const floats: NpyArray = { dtype: 'f4', shape: [3], data: Float32Array.of(2, 2, 2) }
    expect(await load(encodeNpy(floats))).toEqual({ count: 3, labels: Uint16Array.of(2, 2) })
    const data = Float64Array.of(0, 1, 0, 1, 0, 1)
    const hot: NpyArray = { dtype: 'f8', shape: [3, 2], data }
    expect(await load(encodeNpy(hot))).toEqual({ count: 3, labels: Uint16Array.of(1, 1) })
  })

  const text = encodeNpy({ dtype: 'u4', shape: [3], data: Uint32Array.of(97, 98, 99) })
  text.set(
    new TextEncoder().encode("'<U1'"),
    new TextDecoder('latin1').decode(text).indexOf("'<u4'"),
  )

  it.each([
    ['text', text, 'values of an unknown type, got <U1'],
    [
      'attributes',
      encodeNpy({ dtype: 'f4', shape: [3, 2], data: Float32Array.of(0.5, 0, 1, 1, 0, 0) }),
      'got shape [3, 2]',
    ],
    [
      '-1 for none',
      encodeNpy({ dtype: 'i8', shape: [3], data: BigInt64Array.of(-1n, 0n, 1n) }),
      'got -1 at index 0',
    ],
    [
      'too few',
      encodeNpy({ dtype: 'u1', shape: [2], data: Uint8Array.of(0, 1) }),
      'not one label per image, got 2 labels, expected 3',
    ],
    ['half a file', text.subarray(0, 50), 'truncated, got 50 bytes'],
  ])('are left out with a note: %s', async (_, y, reason) => {
    const { count, labels, note } = await load(y)
    expect([count, labels]).toEqual([3, undefined])
    expect(note).toMatch(/^[^\n]*array \(labels\): .*; labels are left out$/)
    expect(note).toContain(reason)
  })
})

describe('sources', () => {
  it('that are unknown are told what there is', async () => {
    await expect(loadImages('mnits')).rejects.toThrow(
      "images: no such source, file or folder, got 'mnits', expected glyphs, glyphs:<count>, mnist, fashion-mnist, a folder",
    )
    await expect(loadImages(join(folder, 'missing'))).rejects.toThrow(
      `got '${join(folder, 'missing')}'`,
    )
  })

  it('that are empty are told so', async () => {
    await expect(loadImages(folder)).rejects.toThrow(
      `${folder}: empty, got no files, expected images of type .png`,
    )
  })

  it('that hold other files are told which types there are', async () => {
    const none = new Uint8Array(9)
    await files({ 'notes.txt': none, 'a.bmp': none, 'b.bmp': none, LICENSE: none })
    await expect(loadImages(folder)).rejects.toThrow(
      `${folder}: no images, got 1 LICENSE, 2 .bmp, 1 .txt, expected images of type .png, .jpg, .jpeg, .webp, .gif, .tif, .tiff or .avif, or MNIST's IDX files`,
    )
  })

  it.skipIf(process.getuid?.() === 0)('that cannot be listed are named', async () => {
    await chmod(folder, 0)
    const refused = expect(loadImages(folder)).rejects
    await refused.toThrow(`${folder}: cannot be listed, got EACCES: permission denied`)
    await chmod(folder, 0o700)
  })

  it('that are downloaded once are read from the cache', async () => {
    await mkdir(join(folder, 'mnist'))
    await files({
      'mnist/train-images-idx3-ubyte.gz': gzipSync(idxImages(5)),
      'mnist/train-labels-idx1-ubyte.gz': gzipSync(idxLabels(5)),
      'mnist/t10k-images-idx3-ubyte.gz': gzipSync(idxImages(2)),
      'mnist/t10k-labels-idx1-ubyte.gz': gzipSync(idxLabels(2)),
    })
    const fetch = () => Promise.reject(new Error('no network wanted'))
    const { train, test } = await loadImages('mnist', { cacheDir: folder, fetch })
    expect([train.count, test.count]).toEqual([5, 2])
    expect(train.classNames?.[9]).toBe('9')
  })

  it('with a shape that cannot be had are refused', async () => {
    await files({ 'train-images-idx3-ubyte': idxImages(5) })
    const refused = expect(loadImages(folder, { size: 28, channels: 3 })).rejects
    await refused.toThrow(`${folder}: images of another shape, got 2x2 grey, expected 28x28 colour`)
    await expect(loadImages('glyphs:1', { size: 0 })).rejects.toThrow(
      'height: no usable size, got 0',
    )
    expect(
      (await loadImages(folder, { size: { height: 2, width: 2 }, channels: 1 })).train.count,
    ).toBe(4)
  })

  it('stop at a signal amid the drawing of glyphs', async () => {
    const controller = new AbortController()
    const reason = new Error('stopped')
    setTimeout(() => controller.abort(reason), 1)
    const loading = loadImages('glyphs:1000000', { size: 8, signal: controller.signal })
    await expect(loading).rejects.toBe(reason)
  })

  it('stop at a signal that is aborted', async () => {
    const reason = new Error('stopped')
    await expect(loadImages('glyphs:10', { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    )
  })
})
