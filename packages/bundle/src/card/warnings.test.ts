// Lighter files are doubted where there is reason to, and not elsewhere.
import { expect, it } from 'vitest'
import { glyphs, selectImages } from '@anyvae/images'
import type { ManifestFile } from '@anyvae/runtime'
import { fileWarnings, sharedWarning } from './warnings.js'

const FILE: ManifestFile = {
  role: 'decoder',
  precision: 'int8',
  bytes: 1,
  sha256: '0'.repeat(64),
  tolerances: { image: 0.1 },
  calibration: { data: 'mnist', images: 1000 },
}
const measured = (damage: { negativeElbo: number; psnr?: number }): ManifestFile => ({
  ...FILE,
  damage: { data: 'mnist', images: 10_000, ...damage },
})
const COST =
  /^a\.onnx: far from float32, got .* nats and a PSNR of .* dB, expected at most 1 nat and at least 30 dB$/

it.each([
  ['a low cost', { negativeElbo: 0.9, psnr: 31 }, 0],
  ['a gain', { negativeElbo: -3, psnr: 31 }, 0],
  ['equal images', { negativeElbo: 0 }, 0],
  ['a high cost', { negativeElbo: 60.2, psnr: 31 }, 1],
  ['other images', { negativeElbo: 0, psnr: 29 }, 1],
  ['no number', { negativeElbo: Number.NaN, psnr: Number.NaN }, 1],
])('%s', (_, damage, count) => {
  const warnings = fileWarnings({ files: { 'a.onnx': measured(damage) } })
  expect(warnings).toHaveLength(count)
  for (const warning of warnings) expect(warning).toMatch(COST)
})

it.each([
  [99, 1],
  [100, 0],
])('%i images to calibrate on', (images, count) => {
  const file = { ...FILE, calibration: { data: 'mnist', images } }
  expect(fileWarnings({ files: { 'a.onnx': file, 'b.onnx': file } })).toHaveLength(count)
})

it('the same images to measure on, and a few of them', () => {
  const set = glyphs({ count: 40 })
  const others = glyphs({ count: 40, split: 'test' })
  expect(sharedWarning(set, set)[0]).toMatch(/got 40 of 40, expected others/)
  expect(sharedWarning(selectImages(set, [3]), set)).toEqual([])
  expect(sharedWarning(set, others)).toEqual([])
})
