// What a progress bar shows of a terminal's width: no figure is cut.
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { createProgress } from './progress.js'
import { screenOf } from './screen.js'

it.each([40, 80])('shows the whole figure on %d columns', async (columns) => {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  })
  const progress = createProgress(screenOf(stream as never), 'epoch 1/20')
  progress.update(0, 4)
  progress.update(4, 4, 'loss 1,359.12')
  progress.stop()
  stream.end()
  expect(await text(stream)).toContain('loss 1,359.12')
})
