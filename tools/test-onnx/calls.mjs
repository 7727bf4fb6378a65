// One model for each call of the builder's table of operators, and the table of operators itself.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createModel, encodeModel } from '@anyvae/onnx'
import { formsOf, operators } from '../../packages/onnx/src/builder/operators/check.js'
import { graphOfCall } from '../../packages/onnx/src/testing/calls/call.js'
import { calls } from '../../packages/onnx/src/testing/calls/index.js'

/** Writes models without test data: their types alone are to be compared. */
export function writeCalls(folder, opsets) {
  let written = 0
  calls.forEach((call, i) => {
    const [first, last] = call.opsets ?? [13, 21]
    const target = join(folder, `${call.opType}_${i}`)
    mkdirSync(target, { recursive: true })
    for (const opset of opsets.filter((each) => each >= first && each <= last)) {
      const model = createModel(graphOfCall(call, opset), { opset })
      writeFileSync(join(target, `opset_${opset}.onnx`), encodeModel(model))
      written += 1
    }
  })
  return written
}

/** Writes what the builder knows of each operator, to be compared with ONNX's schemas. */
export function writeOperators(file) {
  const table = Object.keys(operators).map((opType) => [opType, formsOf(opType)])
  writeFileSync(file, JSON.stringify(Object.fromEntries(table)))
}
