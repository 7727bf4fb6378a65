import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadImages } from './load.js'
import type { LoadOptions } from './options.js'

const cases = new URL('../../../../../shared/cases', import.meta.url).pathname
const when = it.runIf(existsSync(cases))

async function load(name: string, options: LoadOptions = {}) {
  const { train, test, note } = await loadImages(join(cases, name), options)
  const { channels, height, width } = train.shape
  const shape = [train.count + test.count, channels, height, width]
  return { shape, train, data: train.data, labels: train.labels, note }
}

when.each(['hang-f4', 'hang-u1', 'fractional'])('npy-bad-dims/%s is refused', async (name) => {
  await expect(load(`npy-bad-dims/${name}.npy`)).rejects.toThrow('damaged header, got a size of')
})

const PIXELS = [68, 10, 4, 207, 232, 154, 186, 138, 238]

when.each([
  'npy-float-overshoot/f4_overshoot.npy',
  'npy-py2-long/py2_long.npy',
  'npy-fortran/fortran_u8.npy',
  'idx-types/float_ubyte',
  'idx-types/int_ubyte',
])('%s has the right pixels', async (name) => {
  const { shape, data, note } = await load(name)
  expect(shape).toEqual([12, 1, 6, 5])
  expect([...data.subarray(1, 10)]).toEqual(PIXELS)
  expect(note).toBeUndefined()
})

when('npy-fortran/hwcn_view.npy is read by the order that is named', async () => {
  const { shape, data } = await load('npy-fortran/hwcn_view.npy', { layout: 'cwhn' })
  expect(shape).toEqual([10, 3, 8, 7])
  expect([...data.subarray(0, 3)]).toEqual([209, 65, 147])
})

when('tiff-float has the right pixels', async () => {
  const { data, train } = await load('tiff-float')
  expect(train.shape).toEqual({ channels: 1, height: 6, width: 8 })
  expect([...data.subarray(0, 8)]).toEqual([196, 50, 155, 252, 231, 125, 88, 107])
})

when.each([
  ['n1hw', 1],
  ['nchw', 3],
])('npy-narrow-nchw/%s is refused until its layout is named', async (name, channels) => {
  const path = `npy-narrow-nchw/${name}_w4.npy`
  await expect(load(path)).rejects.toThrow('expected --layout nchw (9x4')
  expect((await load(path, { layout: 'nchw' })).shape).toEqual([10, channels, 9, 4])
})

when.each(['attrs', 'faces', 'fewer', 'strings'])('npz-labels/%s loads without', async (name) => {
  const { shape, labels, note } = await load(`npz-labels/${name}.npz`)
  expect([shape[0], labels]).toEqual([12, undefined])
  expect(note).toContain('labels are left out')
})

when.each(['onehot', 'floatlabels'])('npz-labels/%s loads with classes', async (name) => {
  const { labels, note } = await load(`npz-labels/${name}.npz`)
  expect([...(labels ?? [])].slice(0, 3)).toEqual([0, 1, 2])
  expect(note).toBeUndefined()
})

when('png-12bit-in-16 is noted, and read with its range', async () => {
  expect((await load('png-12bit-in-16')).note).toContain('as if of 12 bits (--range 0..4095')
  const { data } = await load('png-12bit-in-16', { range: { black: 0, white: 4095 } })
  expect([...data.subarray(0, 3)]).toEqual([129, 200, 75])
})
