// Kills a training at a chosen moment, as a power cut would, and tells what it left behind.
import { existsSync, watch } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { decodeCheckpoint } from '@anyvae/trainer'
import { start, type Running } from './command.js'

/** A small training: an epoch takes less than a tenth of a second. */
export const EPOCHS = 6
const SETTINGS = `--data glyphs:600 --arch mlp --hidden 64 --latent 4 --batch 25 --epochs ${EPOCHS} --seed 3`

/** The run folder's name within the folder of a trial. */
export const RUN = 'run'

/** Trains from the start. */
export function begin(folder: string): Running {
  return start(folder, `train ${SETTINGS} --out ${RUN}`)
}

/** Goes on as a user would: by the folder alone, or all over where the kill came before config.json. */
export function goOn(folder: string): Running {
  const begun = existsSync(join(folder, RUN, 'config.json'))
  return start(folder, begun ? `train --resume ${RUN}` : `train ${SETTINGS} --out ${RUN} --resume`)
}

/** When a training passed each of its marks, in milliseconds: its start, then its lines on stderr. */
export type Pace = readonly number[]

const MARK = /^(mlp of|epoch) .*\n/gm

/** Calls back at each mark: the process's start, the first step's, and the end of each epoch. */
function onMarks({ child }: Running, callback: (mark: number) => void): void {
  let [printed, marks] = ['', 1]
  callback(0)
  child.stderr?.on('data', (text: string) => {
    printed += text
    for (const passed = printed.match(MARK)?.length ?? 0; marks <= passed; marks++) callback(marks)
  })
}

/** The pace of a training that nobody kills. */
export async function measurePace(running: Running): Promise<Pace> {
  const pace: number[] = []
  onMarks(running, () => pace.push(performance.now()))
  await expectEnd(running)
  return pace
}

/** Waits for a training to come to its end. Throws where it does not. */
export async function expectEnd(running: Running): Promise<void> {
  const { exitCode, stderr } = await running.ended
  if (exitCode !== 0) throw new Error(`train: failed, got ${exitCode}, expected 0\n${stderr}`)
}

/** Waits for the moment at which a training is to be killed, until the signal says that it ended. */
export type Moment = (running: Running, folder: string, signal: AbortSignal) => Promise<void>

/** Place 0 is the process's start, 1 the first step's, 2 the end of epoch 1, and so on. */
export function atPlace(place: number, pace: Pace): Moment {
  const mark = Math.floor(place)
  const between = (pace[mark + 1] ?? 0) - (pace[mark] ?? 0)
  return async (running) => {
    await new Promise<void>((resolve) => {
      onMarks(running, (passed) => {
        if (passed === mark) resolve()
      })
    })
    await wait((place - mark) * between)
  }
}

/** The moment at which a name has come and gone in the run folder, or been replaced, so many times. */
export function whenNamed(name: string, times: number): Moment {
  return async (_running, folder, signal) => {
    const run = join(folder, RUN)
    await mkdir(run, { recursive: true })
    let seen = 0
    await new Promise<void>((resolve) => {
      watch(run, { signal }, (event, found) => {
        if (event === 'rename' && found === name && ++seen === times) resolve()
      })
    })
  }
}

/** What a kill left in a run folder. */
export interface Struck {
  /** False where the training ended before the moment came. */
  readonly killed: boolean
  readonly files: readonly string[]
  /** Of the checkpoint; 0 for none. */
  readonly epoch: number
  readonly logLines: number
}

/** Kills a training with SIGKILL at a moment. */
export async function kill(running: Running, folder: string, moment: Moment): Promise<Struck> {
  const over = new AbortController()
  const { child, ended } = running
  await Promise.race([moment(running, folder, over.signal), ended])
  child.kill('SIGKILL')
  const killed = (await ended).signal === 'SIGKILL'
  over.abort()
  const run = join(folder, RUN)
  const files = existsSync(run) ? (await readdir(run, { recursive: true })).sort() : []
  const log = await readFile(join(run, 'log.jsonl'), 'utf8').catch(() => '')
  const logLines = log.split('\n').length - 1
  return { killed, files, epoch: await epochOf(join(run, 'checkpoint.safetensors')), logLines }
}

async function epochOf(checkpoint: string): Promise<number> {
  return existsSync(checkpoint) ? decodeCheckpoint(await readFile(checkpoint)).epoch : 0
}

/** A line on what a kill left. */
export function describeStruck({ files, epoch, logLines }: Struck): string {
  const leftovers = files.filter((name) => name.endsWith('.tmp'))
  const left = leftovers.length === 0 ? 'no leftovers' : leftovers.join(', ')
  return `${files.length} names, checkpoint of epoch ${epoch}, ${logLines} log lines, ${left}`
}
