// Arithmetic on the coordinates of pixels, in float64 as TensorFlow.js computes them.
import { type GraphBuilder, tensorOf, type Value } from '@anyvae/onnx'

/** Writes operators on float64 coordinates and int64 indices, neither of which TensorFlow.js has. */
export class Coordinates {
  readonly #builder: GraphBuilder
  readonly #numbers = new Map<number, Value>()

  constructor(builder: GraphBuilder) {
    this.#builder = builder
  }

  apply(opType: string, ...inputs: Value[]): Value {
    return this.#builder.node(opType, inputs)
  }

  /** A constant; what depends on the size of an image is no such, see `size`. */
  number(value: number): Value {
    const known = this.#numbers.get(value) ?? this.#builder.scalar('float64', value)
    this.#numbers.set(value, known)
    return known
  }

  /** A number that may depend on symbolic sizes, [1]. */
  size(value: number): Value {
    return this.#builder.cast(this.#builder.list([value]), 'float64')
  }

  /** The numbers from 0 up to a count, [count]. */
  count(count: number): Value {
    const values = Array.from({ length: count }, (_, i) => i)
    return this.#builder.initializer('range', tensorOf('float64', [count], values))
  }

  /** More axes of size 1. */
  widen(value: Value, ...axes: number[]): Value {
    return this.#builder.node('Unsqueeze', [value, this.#builder.list(axes)])
  }

  /** Rounds as Math.round does, half up. */
  round(value: Value): Value {
    return this.apply('Floor', this.apply('Add', value, this.number(0.5)))
  }

  /** Whether a coordinate lies from 0 to the last one. */
  inside(value: Value, last: Value): Value {
    const above = this.apply('GreaterOrEqual', value, this.number(0))
    return this.apply('And', above, this.apply('LessOrEqual', value, last))
  }

  /** The coordinate where a condition holds, else 0. */
  where(condition: Value, value: Value): Value {
    return this.apply('Where', condition, value, this.number(0))
  }

  /** A whole coordinate as an index. */
  index(value: Value): Value {
    return this.#builder.cast(value, 'int64')
  }

  /** The part of a coordinate behind a whole one, as a weight of pixels. */
  fraction(value: Value, whole: Value): Value {
    return this.#builder.cast(this.apply('Sub', value, whole), 'float32')
  }
}
