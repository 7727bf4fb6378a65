// Progress on stderr: a bar on a terminal, elsewhere a plain line every few seconds.
import cliProgress from 'cli-progress'
import { escapeLine } from './escape.js'
import { duration } from './format.js'
import type { Screen } from './screen.js'

/** How far something long has come. */
export interface Progress {
  /** Shows `done` of `total`, with a few words about it. */
  update(done: number, total: number, detail?: string): void
  /** Takes the bar away; what is printed next starts on a line of its own. */
  stop(): void
}

/** Seconds between two lines where there is no terminal. */
const PAUSE = 10

/** Columns below which the bar is short and the time left is left out: a line is cut there, amid a number. */
const NARROW = 60

export function createProgress(screen: Screen, title: string): Progress {
  return screen.isTTY ? bar(screen, escapeLine(title)) : lines(screen, title)
}

function bar(screen: Screen, title: string): Progress {
  const isNarrow = (screen.columns ?? 80) < NARROW
  const single = new cliProgress.SingleBar({
    stream: screen.stream,
    format: `${title} {bar} {percentage} %  {detail}${isNarrow ? '' : '{left}'}`,
    barsize: isNarrow ? 5 : 16,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    // Lines are cut to the terminal's width, and its own setting is left alone.
    linewrap: true,
    // Signals are the command's affair.
    gracefulExit: false,
  })
  let first: { readonly done: number; readonly time: number } | undefined
  let running = false
  return {
    update(done, total, words = '') {
      const detail = escapeLine(words)
      first ??= { done, time: performance.now() }
      const rate = (done - first.done) / (performance.now() - first.time)
      const left = rate > 0 ? `  ${duration((total - done) / rate / 1000)} left` : ''
      if (!running) single.start(total, done, { detail, left })
      running = true
      single.setTotal(total)
      single.update(done, { detail, left })
    },
    stop() {
      if (running) single.stop()
      running = false
    },
  }
}

function lines(screen: Screen, title: string): Progress {
  let last = performance.now()
  return {
    update(done, total, detail = '') {
      const now = performance.now()
      if (now - last < 1000 * PAUSE) return
      last = now
      const percentage = Math.floor((100 * done) / total)
      screen.line(`${title.trim()}: ${percentage} %${detail === '' ? '' : `, ${detail}`}`)
    },
    stop: () => undefined,
  }
}
