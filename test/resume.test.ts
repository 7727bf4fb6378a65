// A training that is killed at any moment and resumed ends as one that was not, bit for bit.
//
// ANYVAE_KILLS and ANYVAE_SEED set how many random moments there are and which: see tools/kill.mjs.
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { randomStream } from '@anyvae/random'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from './command.js'
import * as kills from './kills.js'
import { contentsOf } from './runs.js'

const COUNT = Number(process.env.ANYVAE_KILLS ?? 6)
const SEED = Number(process.env.ANYVAE_SEED ?? 1)
/** How often a moment is tried again that a slow machine missed. */
const TRIES = 10

const base = await temporaryFolder()
const places = Array.from(randomStream(SEED, 'kills').uniforms(COUNT), (uniform) =>
  Number((uniform * (kills.EPOCHS + 1)).toFixed(3)),
)

let pace: kills.Pace = []
let whole: Record<string, unknown> = {}
beforeAll(async () => {
  const folder = await mkdtemp(join(base, 'whole-'))
  pace = await kills.measurePace(kills.begin(folder))
  whole = await contentsOf(join(folder, kills.RUN))
  expect(Object.keys(whole)).toHaveLength(3 + kills.EPOCHS)
})

/** Kills trainings until one is struck as wanted; what is left of the others is gone on with. */
async function strike(moment: kills.Moment, wanted: (struck: kills.Struck) => boolean) {
  let folder = await mkdtemp(join(base, 'killed-'))
  let running = kills.begin(folder)
  for (let tries = 1; ; tries++) {
    const struck = await kills.kill(running, folder, moment)
    if (wanted(struck)) return { folder, struck }
    if (tries === TRIES) throw new Error(`kill: never struck as wanted, got ${tries} others`)
    if (!struck.killed) folder = await mkdtemp(join(base, 'killed-'))
    running = struck.killed ? kills.goOn(folder) : kills.begin(folder)
  }
}

/** Goes on with a training that was killed, and expects the end of one that was not. */
async function expectSameEnd(folder: string): Promise<void> {
  await kills.expectEnd(kills.goOn(folder))
  expect(await contentsOf(join(folder, kills.RUN))).toEqual(whole)
}

describe('train --resume', () => {
  it.each(places)('ends the same after a kill at place %d', async (place) => {
    const { folder, struck } = await strike(kills.atPlace(place, pace), ({ killed }) => killed)
    console.log(`place ${place}: ${kills.describeStruck(struck)}`)
    await expectSameEnd(folder)
  })

  it('ends the same after a kill during the writing of a checkpoint', async () => {
    const beside = 'checkpoint.safetensors.tmp'
    // It comes and goes with each epoch: the fifth event is its coming in the third.
    const { folder } = await strike(
      kills.whenNamed(beside, 5),
      ({ files, epoch }) => files.includes(beside) && epoch > 0,
    )
    await expectSameEnd(folder)
  })

  it('ends the same after a kill between log line and checkpoint', async () => {
    const { folder } = await strike(
      kills.whenNamed('log.jsonl', 3),
      ({ logLines, epoch }) => logLines === epoch + 1 && epoch > 0,
    )
    await expectSameEnd(folder)
  })
})
