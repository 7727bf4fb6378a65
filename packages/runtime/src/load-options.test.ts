import { describe, expect, it } from 'vitest'
import { RuntimeError, checkLoadOptions } from './index.js'

describe('checkLoadOptions', () => {
  it('takes what loaders share, what is named besides, and what is left undefined', () => {
    checkLoadOptions({}, [])
    const options = { provider: 'wasm', threads: 2, maxBatch: 1, signal: undefined, lazy: true }
    checkLoadOptions(options, ['lazy'])
    checkLoadOptions({ threads: undefined, maxBatch: undefined }, [])
  })

  it.each([
    [null, /load: unusable options, got null, expected an object of provider, /],
    ['wasm', /load: unusable options, got string/],
    [
      { providers: ['wasm'] },
      /load: unknown option, got 'providers', expected provider or .* lazy/,
    ],
    [{ device: undefined }, /load: unknown option, got 'device'/],
    [{ threads: 0 }, /threads: not usable, got 0/],
    [{ threads: '2' }, /threads: not usable, got '2', expected a whole number/],
    [{ maxBatch: 1.5 }, /maxBatch: not usable, got 1.5/],
  ])('refuses %o', (options, message) => {
    const check = (): void => {
      checkLoadOptions(options as object, ['lazy'])
    }
    expect(check).toThrow(RuntimeError)
    expect(check).toThrow(message)
  })
})
