// Tables fit the screen, and no cell breaks them.
import { expect, it } from 'vitest'
import { table, tableLines } from './table.js'

const COLUMNS = [{ heading: 'file' }, { heading: 'size', right: true }, { heading: 'result' }]
const ROWS = [
  ['encoder.onnx', '1.2 MB', 'ok'],
  ['decoder.onnx', '300 kB', ''],
]

it('pads columns where they fit', () => {
  const lines = tableLines(table(COLUMNS, ROWS), 30)
  expect(lines).toEqual([
    'file            size  result',
    'encoder.onnx  1.2 MB  ok',
    'decoder.onnx  300 kB',
  ])
  expect(tableLines(table(COLUMNS, ROWS))).toEqual(lines)
})

it('puts cells below one another where they do not', () => {
  expect(tableLines(table(COLUMNS, ROWS), 27)).toEqual([
    'encoder.onnx',
    '  size 1.2 MB',
    '  result ok',
    'decoder.onnx',
    '  size 300 kB',
  ])
})

it('keeps a cell with line feeds and escapes in its row', () => {
  expect(tableLines(table([{ heading: 'label' }], [['a\nb\u001b[2J']]))).toEqual([
    'label',
    'a\\nb\\x1b[2J',
  ])
})
