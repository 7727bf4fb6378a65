// What stops a training midway, such as Ctrl-C, a full disk or a loss that is no number, costs no epoch.
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { readRun } from '@anyvae/trainer/node'
import { describe, expect, it } from 'vitest'
import { anyvae, start, succeed, temporaryFolder, type Ran } from './command.js'
import { complaintOf, expectFailure, namesIn } from './complaint.js'
import { contentsOf } from './runs.js'
import { mountSmallDisk, resizeDisk, usedKilobytes } from './small-disk.js'

const TINY = '--data glyphs:200 --arch mlp --hidden 16 --latent 2 --batch 20 --seed 4'
const WINDOWS = process.platform === 'win32'
const base = await temporaryFolder()

function newFolder(): Promise<string> {
  return mkdtemp(join(base, 'case-'))
}

/** Waits for a line of a running command's stderr. */
function printed({ child }: ReturnType<typeof start>, line: RegExp): Promise<void> {
  let text = ''
  return new Promise((resolve) => {
    child.stderr?.on('data', (more: string) => {
      text += more
      if (line.test(text)) resolve()
    })
  })
}

/** The command that a complaint ends with, without the program's name. */
function advised(complaint: readonly string[]): string {
  const [, args] = /^ {2}(?:npx )?anyvae (.+)$/.exec(complaint.at(-1) ?? '') ?? []
  if (args === undefined) throw new Error(`complaint: no command, got ${complaint.join('\n')}`)
  return args
}

describe('Ctrl-C', () => {
  it('keeps the last checkpoint and says the command that goes on', async () => {
    const folder = await newFolder()
    const running = start(folder, `train ${TINY} --epochs 40 --out run`)
    await printed(running, /^epoch {2}3\/40 /m)
    running.child.kill('SIGINT')
    const ran = await running.ended
    const complaint = complaintOf(ran)
    expect([ran.exitCode, ran.stdout, complaint.length]).toEqual([130, '', 2])
    const { checkpoint } = await readRun(join(folder, 'run'))
    expect(checkpoint.epoch).toBeGreaterThanOrEqual(3)
    expect(checkpoint.epoch).toBeLessThan(40)
    const kept = `anyvae: stopped by SIGINT: epoch ${checkpoint.epoch} of 40 is kept; go on with:`
    expect(complaint[0]).toBe(kept)
    expect((await namesIn(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])

    const resumed = await anyvae(folder, `${advised(complaint)} --json`)
    expect(resumed.exitCode).toBe(0)
    expect(resumed.stderr).toContain(`going on after epoch ${checkpoint.epoch} of 40`)
    expect(JSON.parse(resumed.stdout)).toMatchObject({ completed: true, epoch: 40 })
  })

  it.skipIf(WINDOWS)('leaves nothing where training had not begun', async () => {
    const folder = await newFolder()
    const ran = await interruptReading(folder, 'train --epochs 1 --out run')
    expect([ran.exitCode, ran.stdout]).toEqual([130, ''])
    expect(complaintOf(ran)).toEqual([
      'anyvae: stopped by SIGINT before training began: nothing is kept',
    ])
    expect(await namesIn(folder)).toEqual([])
  })

  it.skipIf(WINDOWS)('stops a command that waits, and leaves no file', async () => {
    const folder = await newFolder()
    await succeed(folder, `train ${TINY} --epochs 1 --out run`)
    await succeed(folder, 'export run --out bundle')
    const before = await namesIn(folder)
    const ran = await interruptReading(folder, 'reconstruct bundle --out made.png')
    expect([ran.exitCode, complaintOf(ran)]).toEqual([130, ['anyvae: stopped by SIGINT']])
    expect(await namesIn(folder)).toEqual(before)
  })
})

/** Tells the parent once the command takes signals: before, they end Node at once. */
const TELLS = `process.on('newListener', (event) => event === 'SIGINT' && process.send('takes signals'))
process.channel.unref()`

/** Interrupts a command while it draws more glyphs than it could in the time. */
async function interruptReading(folder: string, args: string): Promise<Ran> {
  const { child, ended } = start(folder, `${args} --data glyphs:300000`, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(TELLS)}`,
    },
  })
  child.once('message', () => child.kill('SIGINT'))
  return ended
}

describe('a loss that is no number', () => {
  it('in the first epoch leaves nothing', async () => {
    const folder = await newFolder()
    const ran = await anyvae(folder, `train ${TINY} --lr 1e30 --epochs 2 --out run`)
    expect([ran.exitCode, ran.stdout]).toEqual([1, ''])
    expect(complaintOf(ran)[0]).toMatch(
      /^anyvae: .*: not finite at step \d+, got .*, expected a fin/,
    )
    expect(await namesIn(folder)).toEqual([])
  })

  it('later keeps the last good checkpoint, which can be exported', async () => {
    const folder = await newFolder()
    const schedule = '--schedule step,every=2,factor=1e30'
    const ran = await anyvae(folder, `train ${TINY} ${schedule} --epochs 4 --out run`)
    expect([ran.exitCode, ran.stdout]).toEqual([1, ''])
    const [line] = complaintOf(ran)
    // Ten steps an epoch: the rate explodes at the third epoch's first.
    expect(line).toMatch(/^anyvae: .*: not finite at step 2[1-9], got .*, expected a finite number/)
    expect(ran.stderr).toContain('checkpoint of epoch 2 is kept')
    const { checkpoint, records } = await readRun(join(folder, 'run'))
    expect([checkpoint.epoch, records.length]).toEqual([2, 2])
    await succeed(folder, 'export run --out bundle')
    await succeed(folder, 'verify bundle')
  })
})

const disk = mountSmallDisk(2000)
if (disk === undefined) {
  console.log('full disk: skipped, since this user cannot mount a small file system')
}

describe.skipIf(disk === undefined)('a full disk', () => {
  const onDisk = disk ?? ''
  const wide = TINY.replace('--hidden 16', '--hidden 64')

  it('leaves nothing of a run that never kept an epoch', async () => {
    await expectFailure(onDisk, `train ${TINY.replace('16', '256')} --epochs 2 --out run`, {
      exitCode: 1,
      message: /^run.checkpoint.safetensors: .*ENOSPC.*, expected room and the right to write/,
    })
  })

  it('keeps the last checkpoint, from which training goes on once there is room', async () => {
    const whole = join(await newFolder(), 'run')
    await succeed(join(whole, '..'), `train ${wide} --epochs 3 --out run`)
    const ran = await anyvae(onDisk, `train ${wide} --epochs 3 --out run`)
    expect([ran.exitCode, ran.stdout]).toEqual([1, ''])
    const complaint = complaintOf(ran)
    expect(complaint[0]).toMatch(/^anyvae: run.\S+: .*ENOSPC.*, expected room/)
    expect((await namesIn(onDisk)).filter((name) => name.endsWith('.tmp'))).toEqual([])
    const { checkpoint } = await readRun(join(onDisk, 'run'))
    expect(checkpoint.epoch).toBeLessThan(3)
    resizeDisk(onDisk, 20_000)
    await succeed(onDisk, advised(complaint))
    expect(await contentsOf(join(onDisk, 'run'))).toEqual(await contentsOf(whole))
  })

  it('leaves no half-written bundle or picture', async () => {
    resizeDisk(onDisk, 20_000)
    await succeed(onDisk, `train ${TINY} --epochs 1 --out small`)
    await succeed(onDisk, 'export small --out bundle')
    resizeDisk(onDisk, (await usedKilobytes(onDisk)) + 60)
    await expectFailure(onDisk, 'export small --out other', {
      exitCode: 1,
      message: /^other: not written, got ENOSPC.*, expected room and the right to write$/,
    })
    await expectFailure(onDisk, 'sample bundle --count 500 --out samples.npy', {
      exitCode: 1,
      message: /^samples.npy: cannot be written, got ENOSPC.*, expected room/,
    })
  })
})
