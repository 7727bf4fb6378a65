// A measuring process: started with a task, told when to measure, and asleep in between.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from '../setup.mjs'

/** How much of what a process says on stderr is kept, for the line that tells why it failed. */
const KEPT_CHARACTERS = 4000

/** How long a process may take to compile and to warm up. */
const START_SECONDS = 300

/**
 * Starts a process. Its task is written beside the data.
 *
 * @param command program and arguments, without the task's file
 */
export function startChild(command, task, { folder, name }) {
  const stem = join(folder, name.replaceAll(/\W+/g, '-'))
  const file = `${stem}.json`
  writeFileSync(file, JSON.stringify(task))
  const [program, ...args] = [...pinned(task.threads), ...command, file]
  const begun = performance.now()
  const env = { ...process.env, ...settings(task.threads, stem) }
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'pipe'] })
  return new Child(child, begun)
}

/** Environment variables that hold libraries to a number of threads. */
function settings(threads, stem) {
  const count = String(threads)
  return {
    OMP_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    // The size of XLA's thread pool.
    NPROC: count,
    JAX_PLATFORMS: 'cpu',
    CUDA_VISIBLE_DEVICES: '',
    // Empty at first, so that the time to the first step has the compiling in it.
    TORCHINDUCTOR_CACHE_DIR: `${stem}-inductor`,
    PYTHONDONTWRITEBYTECODE: '1',
  }
}

/** On Linux a process gets no more processors than threads, whatever its library makes of settings. */
function pinned(threads) {
  if (process.platform !== 'linux' || threads >= availableParallelism()) return []
  if (spawnSync('taskset', ['--version']).status !== 0) return []
  const [, allowed] = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))
  const processors = allowed.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
  return ['taskset', '--cpu-list', processors.slice(0, threads).join()]
}

class Child {
  #child
  #lines
  #errors = ''
  #begun
  #ended

  constructor(child, begun) {
    this.#child = child
    this.#begun = begun
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#errors = (this.#errors + text).slice(-KEPT_CHARACTERS)
    })
    // A process that is gone is told by the end of what it prints.
    child.stdin.on('error', () => {})
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => resolve(error.message))
      child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
    })
  }

  /** Seconds from the start to the first finished step, and what the peer tells of itself. */
  async ready() {
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), START_SECONDS * 1000)
    try {
      await this.#message()
      const firstStepSeconds = (performance.now() - this.#begun) / 1000
      const { versions, threads } = await this.#message()
      return { firstStepSeconds, versions, threads }
    } catch (error) {
      const seconds = (performance.now() - this.#begun) / 1000
      if (seconds < START_SECONDS) throw error
      throw new Error(`not ready to be measured after ${START_SECONDS} seconds`, { cause: error })
    } finally {
      clearTimeout(limit)
    }
  }

  /** What a measurement of at least so many seconds gives. */
  async measure(seconds) {
    this.#child.stdin.write(`run ${seconds}\n`)
    return this.#message()
  }

  /** What is told at the end. */
  async end() {
    this.#child.stdin.write('end\n')
    const message = await this.#message()
    await this.#ended
    return message
  }

  async stop() {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  async #message() {
    for (;;) {
      const { done, value } = await this.#lines.next()
      if (done) throw new Error(await this.#reason())
      // Libraries may print lines of their own.
      if (value.startsWith('{')) return JSON.parse(value)
    }
  }

  async #reason() {
    const how = await this.#ended
    const lines = this.#errors.trim().split('\n')
    // Node puts the stack and its own version below the message, Python the stack above it.
    const said = lines.find((line) => /^\w*Error\b.*:/.test(line)) ?? lines.at(-1)
    return said ? `${said} (${how})` : how
  }
}
