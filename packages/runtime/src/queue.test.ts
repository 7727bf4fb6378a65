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

  it('begins each task in a turn of the event loop of its own', async () => {
    const queue = createQueue()
    let turns = 0
    const count = (): void => {
      turns++
      timer = setImmediate(count)
    }
    let timer = setImmediate(count)
    const seen = await Promise.all(
      Array.from({ length: 20 }, () => queue(() => Promise.resolve(turns))),
    )
    clearImmediate(timer)
    expect(new Set(seen).size).toBe(20)
  })

  it('begins the first at once', async () => {
    const turn = new Promise((resolve) => setImmediate(resolve, 'turn'))
    expect(await Promise.race([createQueue()(() => Promise.resolve('task')), turn])).toBe('task')
  })

  it('goes on after a failure', async () => {
    const queue = createQueue()
    const failed = queue(() => Promise.reject(new Error('no')))
    const next = queue(() => Promise.resolve('yes'))
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })
})
