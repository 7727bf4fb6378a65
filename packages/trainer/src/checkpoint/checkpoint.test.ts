import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createNetwork, decodeCheckpoint, decodeSafetensors, encodeCheckpoint } from '../index.js'
import { encodeSafetensors, initialParameters, parseTrainConfig, zeroMoments } from '../index.js'
import { TrainError, type Checkpoint } from '../index.js'

const config = parseTrainConfig({
  network: { image: { channels: 1, height: 3, width: 2 }, latent: 2, hidden: [3] },
})

const native = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function checkpoint(): Checkpoint {
  const network = createNetwork(config.network)
  const losses = { reconstruction: -1.5, kl: 0.1 }
  return {
    config,
    epoch: 3,
    state: {
      step: 12,
      parameters: initialParameters(network, 1),
      firstMoments: initialParameters(network, 2),
      secondMoments: zeroMoments(network),
    },
    record: {
      epoch: 3,
      step: 12,
      learningRate: 1e-3,
      beta: 1,
      train: { loss: -1.4, ...losses },
      test: { negativeElbo: -1.4, ...losses, activeUnits: 0, images: 9, samples: 1, seed: 0 },
    },
    examples: { count: 3, images: Uint8Array.from({ length: 18 }, (_, i) => i) },
    computedWith: { engine: 'tfjs', provider: 'cpu', threads: 1, versions: { anyvae: '0.1.0' } },
  }
}

describe('checkpoint', () => {
  it('comes back as it was', () => {
    const saved = checkpoint()
    expect(decodeCheckpoint(encodeCheckpoint(saved), { expected: config.network })).toEqual(saved)
  })

  it('comes back from the middle of a larger buffer', () => {
    const bytes = encodeCheckpoint(checkpoint())
    const larger = new Uint8Array(bytes.length + 3)
    larger.set(bytes, 3)
    expect(decodeCheckpoint(larger.subarray(3))).toEqual(checkpoint())
    expect(decodeCheckpoint(Buffer.from(larger.buffer).subarray(3))).toEqual(checkpoint())
  })

  it('refuses each truncation', () => {
    const bytes = encodeCheckpoint(checkpoint())
    for (const length of [0, 7, 8, 100, bytes.length - 1]) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length))).toThrow(
        /^safetensors: truncated, got \d+ bytes.*, expected/,
      )
    }
  })

  it('refuses other files', () => {
    const text = new TextEncoder().encode('\x89PNG\r\n and so on, for long enough')
    expect(() => decodeCheckpoint(text)).toThrow('safetensors: not such a file')
    const json = new TextEncoder().encode('\x10\0\0\0\0\0\0\0<!doctype html>   ')
    expect(() => decodeCheckpoint(json)).toThrow('expected a JSON header')
    const foreign = encodeSafetensors({ tensors: {}, metadata: { format: 'pt' } })
    expect(() => decodeCheckpoint(foreign)).toThrow(
      'checkpoint: a file of something else, got format "pt", expected anyvae-checkpoint',
    )
  })

  it('refuses another architecture', () => {
    const bytes = encodeCheckpoint(checkpoint())
    const other = { ...config.network, latent: 5 }
    expect(() => decodeCheckpoint(bytes, { expected: other })).toThrow(
      /^checkpoint: of another architecture, got .*"latent":2.*, expected .*"latent":5/,
    )
  })

  it.each(['1', '4'])('refuses format version %s', (version) => {
    const { tensors, metadata } = decodeSafetensors(encodeCheckpoint(checkpoint()))
    const other = encodeSafetensors({ tensors, metadata: { ...metadata, format_version: version } })
    expect(() => decodeCheckpoint(other)).toThrow(
      `unknown format version, got "${version}", expected 2 or 3`,
    )
  })

  it('refuses a missing tensor, and examples of another shape', () => {
    const { tensors, metadata } = decodeSafetensors(encodeCheckpoint(checkpoint()))
    const { sha256, ...rest } = metadata
    const before = { ...rest, format_version: '2' }
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    const less = Object.fromEntries(Object.entries(tensors).slice(1))
    expect(() => decodeCheckpoint(encodeSafetensors({ tensors: less, metadata: before }))).toThrow(
      'checkpoint: wrong tensor parameters/encoder/hidden/kernel, got none, expected F32 [6, 3]',
    )
  })

  it('reads one of format version 2, which has no checksum, and says so', () => {
    const { tensors, metadata } = decodeSafetensors(encodeCheckpoint(checkpoint()))
    const { sha256, ...rest } = metadata
    const old = encodeSafetensors({ tensors, metadata: { ...rest, format_version: '2' } })
    expect(decodeCheckpoint(old)).toEqual({ ...checkpoint(), unchecked: true })
    const bare = encodeSafetensors({ tensors, metadata: rest })
    expect(() => decodeCheckpoint(bare)).toThrow('checkpoint: no checksum, got none')
    const wrong = encodeSafetensors({ tensors, metadata: { ...metadata, sha256: `${sha256}0` } })
    expect(() => decodeCheckpoint(wrong)).toThrow('checkpoint: was altered, got SHA-256')
  })

  it('notices any bit flipped, anywhere in the file', () => {
    const bytes = encodeCheckpoint(checkpoint())
    const whole = JSON.stringify(decodeCheckpoint(bytes))
    for (let bit = 0; bit < 8 * bytes.length; bit += bit < 64 ? 1 : 3) {
      const flipped = bytes.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => decodeCheckpoint(flipped, { digest: native }), `bit ${bit}`).toThrow(TrainError)
    }
    expect(JSON.stringify(decodeCheckpoint(bytes, { digest: native }))).toBe(whole)
  })

  it.each([NaN, Infinity, -Infinity])(
    'refuses %d among weights or moments, and names them',
    (value) => {
      for (const part of ['parameters', 'firstMoments', 'secondMoments'] as const) {
        const saved = checkpoint()
        saved.state[part]['decoder/hidden/kernel']?.fill(value, 2, 3)
        expect(() => decodeCheckpoint(encodeCheckpoint(saved))).toThrow(
          `/decoder/hidden/kernel is not finite, got ${value} in place 2 of 6, expected finite numbers: training diverged`,
        )
      }
    },
  )

  it('refuses an epoch or a step that is not its record’s', () => {
    const saved = checkpoint()
    const message = /^checkpoint: epoch, step and record disagree, got epoch \d+ of 10 and step \d+/
    expect(() => decodeCheckpoint(encodeCheckpoint({ ...saved, epoch: 2 }))).toThrow(message)
    const state = { ...saved.state, step: 13 }
    expect(() => decodeCheckpoint(encodeCheckpoint({ ...saved, state }))).toThrow(message)
    const late = { ...saved, epoch: 11, record: { ...saved.record, epoch: 11 } }
    expect(() => decodeCheckpoint(encodeCheckpoint(late))).toThrow(message)
  })
})

describe('safetensors', () => {
  // Written by the format's reference implementation: safetensors 0.8.0 for Python.
  const reference =
    '0AAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJub3RlIjoiw6kifSwic2NhbGUiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzAsNF19LCJ3ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsMl0sImRhdGFfb2Zmc2V0cyI6WzQsMjBdfSwiYnl0ZXMiOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzIwLDIzXX19ICAgAABAQAAAgD8AAADAAAAAP8IWAQABAv8='

  it('reads what the reference implementation writes', () => {
    const bytes = Uint8Array.from(atob(reference), (character) => character.charCodeAt(0))
    expect(decodeSafetensors(bytes)).toEqual({
      tensors: {
        weight: { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 1e-40) },
        scale: { dtype: 'F32', shape: [], data: Float32Array.of(3) },
        bytes: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 255) },
      },
      metadata: { note: 'é' },
    })
  })

  it('refuses gaps, wrong lengths and other types', () => {
    const file = (header: object, length: number) => {
      const json = new TextEncoder().encode(JSON.stringify(header))
      const bytes = new Uint8Array(8 + json.length + length)
      bytes[0] = json.length
      bytes.set(json, 8)
      return bytes
    }
    const entry = (offsets: number[]) => ({ dtype: 'U8', shape: [2], data_offsets: offsets })
    expect(() => decodeSafetensors(file({ a: entry([1, 3]) }, 3))).toThrow('gap or overlap')
    expect(() => decodeSafetensors(file({ a: entry([0, 3]) }, 3))).toThrow('expected two offsets 2')
    expect(() => decodeSafetensors(file({ a: entry([0, 2]) }, 3))).toThrow('too long')
    expect(() => decodeSafetensors(file({ a: { ...entry([0, 2]), dtype: 'I8' } }, 2))).toThrow(
      'safetensors: type of a, got "I8", expected F32 or U8',
    )
  })
})
