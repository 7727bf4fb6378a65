// Why specs of tfjs-core are skipped or fail; the first that matches explains a spec.

const REFUSED =
  / cannot be written to ONNX, since (it works on strings|ONNX has no soft suppression|it reads pixels|it draws on a canvas)/
const refusedFor =
  (why) =>
  ({ message }) =>
    REFUSED.exec(message)?.[1] === why

/** @type {readonly { key: string, kind: 'skipped' | 'failed', why: string, test: (spec: { name: string, message: string, status: string }) => boolean }[]} */
export const reasons = [
  {
    key: 'pending',
    kind: 'skipped',
    why: 'the suite itself leaves the spec out (xit)',
    test: ({ status }) => status === 'pending',
  },
  {
    key: 'string-kernels',
    kind: 'skipped',
    why: 'kernels that take strings apart: ONNX has no equal operator, so they are exceptions with a message',
    test: refusedFor('it works on strings'),
  },
  {
    key: 'string-tensors',
    kind: 'skipped',
    why: 'tensors of strings: only float32, int32, bool and complex64 are traced, others are refused',
    test: ({ message }) => message.includes('type has no ONNX equal, got string'),
  },
  {
    key: 'effects',
    kind: 'skipped',
    why: 'kernels that touch the page, which no exported graph does: exceptions',
    test: (spec) =>
      ['it reads pixels', 'it draws on a canvas'].some((why) => refusedFor(why)(spec)),
  },
  {
    key: 'soft-suppression',
    kind: 'failed',
    why: 'soft non-maximum suppression, which ONNX has not: refused with a message',
    test: refusedFor('ONNX has no soft suppression'),
  },
  {
    key: 'value-errors',
    kind: 'failed',
    why: 'expects an error for certain values of a tensor, which are not known when its graph is written',
    test: ({ name, message }) =>
      /^(sparse|ragged|broadcastArgs|gather throws when index is out)/.test(name) &&
      /^Expected (function to throw|a promise to be rejected)/.test(message),
  },
  {
    key: 'last-digit',
    kind: 'failed',
    why: 'asks for 1e-3 where neighbouring float32 numbers are 2e-3 apart: tan is off by one in the last place',
    test: ({ name }) => name === 'tan numbers exceed float32 precision',
  },
]

/** The reason that explains a spec which does not pass, or undefined. */
export function reasonOf(spec) {
  return reasons.find(({ test }) => test(spec))
}
