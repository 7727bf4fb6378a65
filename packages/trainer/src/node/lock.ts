// One training at a time writes in a run folder: a file `lock` in it says which process.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { TrainError } from '../error.js'
import { pathOf } from './paths.js'
import { makeFolder, removeFolders, writing } from './run-folder.js'

/** Folders that this very process trains in, by their absolute paths. */
const held = new Set<string>()

/** Between a lock's coming and the name in it, in milliseconds: far longer than it takes. */
const PATIENCE = 200

/**
 * Does what only one training at a time may do in a folder, which is made where it is missing and, if
 * nothing has come into it, removed again. A lock whose process a kill has ended is taken over.
 *
 * @throws TrainError where another training holds the lock
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const made = await makeFolder(folder)
  try {
    return await locked(folder, work)
  } finally {
    await removeFolders(folder, made)
  }
}

async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = pathOf(folder, 'lock')
  await take(folder, path)
  held.add(resolve(folder))
  try {
    return await work()
  } finally {
    held.delete(resolve(folder))
    await rm(path, { force: true })
  }
}

/** @throws TrainError where another training is writing in a folder */
export async function refuseLocked(folder: string): Promise<void> {
  const path = pathOf(folder, 'lock')
  const holder = await read(path)
  if (holder === undefined || !isAlive(holder, folder)) return
  const { pid, host } = holder
  const where = host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`
  throw new TrainError(
    `${folder}: another training (${where}) is writing here, expected it to have ended (if it has, remove ${path})`,
  )
}

async function take(folder: string, path: string): Promise<void> {
  const content = `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`
  const write = () => writeFile(path, content, { flag: 'wx' })
  if (!(await writing(path, () => isTaken(write)))) return
  await refuseLocked(folder)
  await rm(path, { force: true })
  await writing(path, write)
}

/** Whether another lock stands where one was to be written. */
async function isTaken(write: () => Promise<void>): Promise<boolean> {
  try {
    await write()
    return false
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return true
    throw error
  }
}

interface Holder {
  readonly pid: number
  readonly host: string
}

/** What a lock says; undefined where there is none, or where a kill cut its writing off. */
async function read(path: string): Promise<Holder | undefined> {
  for (const patience of [PATIENCE, 0]) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const [, pid, host] = /^\{"pid":(\d+),"host":"(.*)"\}\n$/.exec(text) ?? []
    if (pid !== undefined && host !== undefined) return { pid: Number(pid), host }
    await wait(patience)
  }
  return undefined
}

/** Whether the process that wrote a lock still is. Our own number may be one of before a restart. */
function isAlive({ pid, host }: Holder, folder: string): boolean {
  if (host !== hostname()) return true
  if (pid === process.pid) return held.has(resolve(folder))
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
