import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { oneAhead } from './ahead.js'

describe('oneAhead', () => {
  it('asks for each value before the one in front of it is given', async () => {
    const said: string[] = []
    function* values() {
      for (const value of [1, 2, 3]) {
        said.push(`asked ${value}`)
        yield value === 2 ? Promise.resolve(value) : value
      }
    }
    for await (const value of oneAhead(values())) said.push(`given ${value}`)
    const order = ['asked 1', 'asked 2', 'given 1', 'asked 3', 'given 2', 'given 3']
    expect(said).toEqual(order)
  })

  it('throws what a value is rejected with when its turn comes', async () => {
    const given: number[] = []
    function* values() {
      yield* [1, 2]
      yield Promise.reject<number>(new Error('torn'))
    }
    const all = async () => {
      for await (const value of oneAhead(values())) {
        given.push(value)
        await wait(1)
      }
    }
    await expect(all()).rejects.toThrow('torn')
    expect(given).toEqual([1, 2])
  })

  it('waits for what was begun where it ends early', async () => {
    let settled = false
    const slow = wait(20).then(() => {
      settled = true
      return 2
    })
    for await (const value of oneAhead([1, slow])) if (value === 1) break
    expect(settled).toBe(true)
  })
})
