// What the exporter says, in the flags of the command.

/** Options of the exporter as its messages name them, and the flags that stand for them. */
const FLAGS: readonly [option: RegExp, flag: string][] = [
  [/\(multiples: \{ (\w+): (\d+) \}\)/g, '(--symbolic $1:$2)'],
  [/\(ranges: \{ (\w+): \[(\d+), (\d+)\] \}\)/g, '(--range $1=$2..$3)'],
  [/\bnoiseInputs\b/g, '--noise-inputs'],
  [/\(unroll: true\)|\bunroll: true\b/g, '--unroll'],
  [
    /register it with tf\.registerOp, or cut the model before it, at an inner node/g,
    'register it in a module (--layers my-operations.mjs), or cut the model before it (--output)',
  ],
  [
    /cut it before that node \(.*?in a function\)/g,
    'cut it before that node (--output), or behind it (--input)',
  ],
  [/use `unroll`/g, 'use --unroll'],
]

/** `a: ['batch', 'height', 3]` within braces, as the exporter shows shapes of inputs. */
const SHAPES = /\{ ((?:\w+: \[[^\]]*\](?:, )?)+) \}/g

/** A message of the exporter with flags in place of its options. */
export function inFlags(message: string): string {
  const worded = FLAGS.reduce((text, [option, flag]) => text.replace(option, flag), message)
  return worded.replace(SHAPES, (_, shapes: string) => {
    const flags = [...shapes.matchAll(/(\w+): \[([^\]]*)\]/g)].map(
      ([, name = '', dims = '']) => `--input ${name}=${dims.replace(/['\s]/g, '')}`,
    )
    return flags.join(' ')
  })
}
