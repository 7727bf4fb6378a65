// Values of attributes that came or went with an operator set.
import type { Attribute } from '../../types.js'

/** The first and the last operator set that know a value. */
interface Range {
  readonly since?: number
  readonly until?: number
}

const extremes = { max: { since: 18 }, min: { since: 18 } }

const ranges: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Range>>>>>> =
  {
    GridSample: {
      mode: {
        bilinear: { until: 19 },
        bicubic: { until: 19 },
        linear: { since: 20 },
        cubic: { since: 20 },
      },
    },
    Pad: { mode: { wrap: { since: 19 } } },
    Resize: { coordinate_transformation_mode: { half_pixel_symmetric: { since: 19 } } },
    ScatterElements: { reduction: extremes },
    ScatterND: { reduction: extremes },
  }

/** What is wrong with an attribute's value in an operator set, or undefined. */
export function valueFault(
  opType: string,
  [name, attribute]: readonly [string, Attribute],
  opset: number,
): string | undefined {
  const text = attribute.type === 'string' ? attribute.value : ''
  const range = ranges[opType]?.[name]?.[text]
  const { since = 0, until = Infinity } = range ?? {}
  if (opset >= since && opset <= until) {
    return undefined
  }
  const expected = opset < since ? `at least ${since}` : `at most ${until}`
  return `${name} ${text} is not in opset ${opset}, got opset ${opset}, expected ${expected}`
}
