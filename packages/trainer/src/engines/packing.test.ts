import { expect, it } from 'vitest'
import { createNetwork, initialParameters } from '../index.js'
import { groupsOf, packValues, unpackValues } from './packing.js'

const image = { channels: 1, height: 28, width: 28 }

it('keeps large parameters alone and small ones together', () => {
  const groups = groupsOf(createNetwork({ image }).parameters)
  const members = groups.map((group) => group.members.length)
  expect(members).toEqual([1, 1, 8])
  expect(groups.map(({ shape }) => shape[3])).toEqual([784 * 400, 784 * 400, 25624])
})

it('gives back what it packs', () => {
  const network = createNetwork({ architecture: 'conv', image })
  const values = initialParameters(network, 3)
  const groups = groupsOf(network.parameters)
  expect(unpackValues(groups, packValues(groups, values))).toEqual(values)
})

it('has no group of small parameters where there is none', () => {
  const spec = { name: 'w', shape: [200, 200], init: { kind: 'constant', value: 0 } } as const
  expect(groupsOf([spec])).toEqual([{ name: 'w', shape: [1, 1, 1, 40_000], members: [spec] }])
})
