import { describe, expect, it } from 'vitest'
import { createQueue } from './index.js'

describe('createQueue', () => {
  it('never runs two at once, and keeps the order of two thousand', async () => {
    const queue = createQueue()
    const order: number[] = []
    let running = 0
    const task = (i: number) => async (): Promise<number> => {
      expect(++running).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      order.push(i)
      return i
    }
    const expected = Array.from({ length: 2000 }, (_, i) => i)
    expect(await Promise.all(expected.map((i) => queue(task(i))))).toEqual(expected)
    expect(order).toEqual(expected)
  })

  it('goes on after a failure', async () => {
    const queue = createQueue()
    const failed = queue(() => Promise.reject(new Error('no')))
    const next = queue(() => Promise.resolve('yes'))
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })
})
