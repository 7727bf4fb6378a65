import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { exceptions } from './exceptions.js'
import { covered, withCoverage } from './testing/coverage.js'
import { families } from './testing/families.js'

/** tfjs-core exports the name of each kernel as a constant of that name. */
const kernelNames = Object.entries(tf).flatMap(([name, value]) => (name === value ? [name] : []))

describe('coverage', () => {
  it('finds the kernels of tfjs-core', () => {
    expect(kernelNames.length).toBeGreaterThan(170)
    expect(kernelNames).toEqual(expect.arrayContaining(['Add', '_FusedMatMul']))
  })

  it('has each kernel of tfjs-core once, as a lowering or as an exception', () => {
    const listed = [...covered, ...Object.keys(exceptions)]
    expect(listed.sort()).toEqual(kernelNames.sort())
  })

  it.each(Object.entries(exceptions))('says why not %s, and what instead', (_, exception) => {
    expect(exception.reason).toMatch(/\w+ \w+/)
    expect(exception.instead).toMatch(/\w+ \w+/)
  })

  it('has each kernel that can be exported in one family', () => {
    expect(families.flatMap(({ kernels }) => kernels).sort()).toEqual(covered)
  })

  it('is what the README says; node tools/coverage.mjs writes it anew', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    expect(withCoverage(readme)).toBe(readme)
  })
})
