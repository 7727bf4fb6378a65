import { describe, expect, it } from 'vitest'
import { RuntimeError, parseManifest } from './index.js'

const FILE = {
  role: 'decoder',
  precision: 'float32',
  bytes: 7,
  sha256: 'a'.repeat(64),
  tolerances: { image: 1e-5, logits: 1e-5 },
}

function manifest(): Record<string, unknown> {
  return {
    formatVersion: 2,
    name: 'digits',
    architecture: { name: 'mlp', hidden: [400] },
    latentSize: 20,
    image: { channels: 1, height: 28, width: 28, range: [0, 1] },
    likelihood: 'bernoulli',
    opset: 17,
    irVersion: 8,
    files: { 'decoder.onnx': FILE },
    training: { data: 'mnist', epochs: 10, optimiser: { name: 'adam' } },
    quality: { negativeElbo: 106.2, split: 'test' },
    producer: { name: 'anyvae', version: '0.1.0' },
    license: 'MIT',
  }
}

const LIGHT = {
  ...FILE,
  precision: 'int8',
  calibration: { data: 'mnist', images: 1000 },
  damage: { data: 'mnist', images: 10_000, negativeElbo: -0.1, psnr: 41.3, meanShift: 0.07 },
}

describe('parseManifest', () => {
  it('keeps all that it is given, unknown fields too', () => {
    const json = { ...manifest(), later: true }
    expect(parseManifest(json)).toEqual(json)
    const light = { ...manifest(), files: { 'a.onnx': LIGHT } }
    expect(parseManifest(light)).toEqual(light)
  })

  it('does without training and quality', () => {
    const { training, quality, ...json } = manifest()
    expect([training, quality]).not.toContain(undefined)
    expect(parseManifest(json)).toEqual(json)
  })

  it.each([
    [{ formatVersion: 3 }, /'formatVersion' is wrong, got 3, expected at most 2 .*newer anyvae/],
    [{ formatVersion: undefined }, /'formatVersion' is wrong, got nothing, expected 2$/],
    [{ formatVersion: '1' }, /'formatVersion' is wrong, got "1"/],
    [{ name: '' }, /'name' is wrong, got "", expected a text/],
    [{ architecture: 'mlp' }, /'architecture' is wrong, got "mlp", expected an object/],
    [{ architecture: {} }, /'architecture.name' is wrong, got nothing/],
    [{ latentSize: 0 }, /'latentSize' is wrong, got 0, expected a whole number of at least 1/],
    [{ latentSize: 1.5 }, /'latentSize' is wrong, got 1.5/],
    [{ image: [1, 28, 28] }, /'image' is wrong/],
    [{ image: { channels: 1, height: 28, range: [0, 1] } }, /'image.width' is wrong/],
    [{ image: { channels: 1, height: 2, width: 2, range: [-1, 1] } }, /'image.range' is wrong/],
    [{ likelihood: 'poisson' }, /got "poisson", expected bernoulli or gaussian/],
    [
      { files: { 'a.onnx': { ...LIGHT, damage: { data: 'mnist', images: 1 } } } },
      /damage.negativeElbo' is wrong, got nothing, expected a number/,
    ],
    [
      { files: { 'a.onnx': { ...LIGHT, damage: { ...LIGHT.damage, psnr: null } } } },
      /damage.psnr' is wrong, got null, expected a number/,
    ],
    [
      { files: { 'a.onnx': { ...LIGHT, calibration: { data: '', images: 1 } } } },
      /calibration.data' is wrong, got "", expected a text/,
    ],
    [{ files: {} }, /'files' is wrong, got {}, expected an encoder/],
    [{ files: { 'a.onnx': { ...FILE, role: 'tail' } } }, /files\["a.onnx"\].role' is wrong/],
    [
      { files: { 'a.onnx': { ...FILE, precision: 'int4' } } },
      /expected float32 or float16 or int8/,
    ],
    [{ files: { 'a.onnx': { ...FILE, sha256: 'A'.repeat(64) } } }, /64 lower-case hexadecimal/],
    [{ files: { 'a.onnx': { ...FILE, bytes: -1 } } }, /\.bytes' is wrong, got -1/],
    [
      { files: { 'a.onnx': { ...FILE, tolerances: { image: -1 } } } },
      /\.tolerances\.image' is wrong, got -1, expected a number of at least 0/,
    ],
    [{ files: { 'a.onnx': { ...FILE, tolerances: [] } } }, /\.tolerances' is wrong, got \[\]/],
    [{ files: { 'a.onnx': { ...FILE, tolerance: -1 } } }, /\.tolerance' is wrong, got -1/],
    [{ formatVersion: 1, files: { 'a.onnx': 3 } }, /files\["a.onnx"\]' is wrong, got 3/],
    [{ formatVersion: 1, files: 3 }, /'files' is wrong, got 3/],
    [{ files: { '../a.onnx': FILE } }, /leaves the folder/],
    [{ training: { epochs: 'ten' } }, /'training.epochs' is wrong, got "ten", expected a number/],
    [{ quality: { split: 1 } }, /'quality.split' is wrong, got 1, expected a text/],
    [{ producer: { name: 'anyvae' } }, /'producer.version' is wrong/],
    [{ license: null }, /'license' is wrong, got null/],
  ])('refuses %j', (change, message) => {
    const parse = (): unknown => parseManifest({ ...manifest(), ...change })
    expect(parse).toThrow(RuntimeError)
    expect(parse).toThrow(message)
  })

  it('lifts format 1, whose tolerance stays as it is', () => {
    const { tolerances, ...before } = { ...FILE, tolerance: 1.6 }
    const old = { ...manifest(), formatVersion: 1, files: { 'a.onnx': before } }
    const lifted = parseManifest(old)
    expect(tolerances).toBeDefined()
    expect(lifted.formatVersion).toBe(2)
    expect(lifted.files['a.onnx']).toEqual(before)
    expect(old.formatVersion).toBe(1)
    expect(parseManifest(JSON.parse(JSON.stringify(lifted)))).toEqual(lifted)
  })

  it.each([null, 3, 'text', [], undefined])('refuses %j as a whole', (json) => {
    expect(() => parseManifest(json)).toThrow(/the whole is wrong/)
  })
})
