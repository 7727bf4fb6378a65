// A lock between processes: one does the work, others wait for it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

/** Calls `work` while no other process that names the same file does; waits for one that does. */
export function withLock(path, work) {
  for (let waits = 0; !take(path); waits++) {
    if (waits === 0) console.error(`Waiting for another process, which holds ${path} ...`)
    sleep(500)
  }
  try {
    return work()
  } finally {
    rmSync(path, { force: true })
  }
}

function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (isAbandoned(path)) rmSync(path, { force: true })
    return false
  }
}

/** Whether the process that took it has ended without giving it back. */
function isAbandoned(path) {
  try {
    process.kill(Number(readFileSync(path, 'utf8')) || process.pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function sleep(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
