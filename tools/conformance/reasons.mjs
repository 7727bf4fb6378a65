// Why specs of tfjs-core are skipped or fail; the first that matches explains a spec.

/** @type {readonly { key: string, kind: 'skipped' | 'failed', why: string, test: (spec: { name: string, message: string, status: string }) => boolean }[]} */
export const reasons = [
  {
    key: 'pending',
    kind: 'skipped',
    why: 'the suite itself leaves the spec out (xit)',
    test: ({ status }) => status === 'pending',
  },
]
