// Names of a model's inputs and outputs: as its users know them, and as ONNX takes them.
import { identifier, Names } from '@anyvae/onnx'
import { nearNames } from './near-names.js'

/** The name of a tensor without the `:0` that says no more than that it is a node's first. */
export function tensorName(name: string): string {
  return name.replace(/:0$/, '')
}

/**
 * Unique C identifiers for the names of inputs and outputs, in their order. `input_1:0` becomes
 * `input_1`, `t:1` becomes `t_1`. A name that is an identifier already is taken before those that
 * become one, inputs before outputs; of what is left, later ones get a number behind them.
 */
export function ioNames(inputs: readonly string[], outputs: readonly string[]) {
  const names = new Names()
  const all = [...inputs, ...outputs]
  const isPlain = (name: string) => identifier(tensorName(name)) === name
  const taken = new Map<number, string>()
  for (const plain of [true, false]) {
    all.forEach((name, i) => {
      if (isPlain(name) === plain) taken.set(i, names.take(identifier(tensorName(name))))
    })
  }
  const list = all.map((_, i) => taken.get(i) ?? '')
  return { inputs: list.slice(0, inputs.length), outputs: list.slice(inputs.length) }
}

/** The place of a name among those of a model, in either spelling; undefined where it is none. */
export function placeOfName(
  name: string,
  { own, names }: { readonly own: readonly string[]; readonly names: readonly string[] },
): number | undefined {
  const spellings: ((i: number) => boolean)[] = [
    (i) => own[i] === name,
    (i) => names[i] === name,
    (i) => tensorName(own[i] ?? '') === tensorName(name),
    (i) => names[i] === identifier(tensorName(name)),
  ]
  const places = spellings.map((is) => own.findIndex((_, i) => is(i)))
  return places.find((place) => place >= 0)
}

/** Says which names there are; those that are most like a wrong one where there are many. */
export function expectedNames(wrong: string, names: readonly string[]): string {
  if (names.length <= 8) return names.join(', ')
  const near = nearNames(wrong, names)
  return near.length === 0
    ? `one of ${names.length}, such as ${names.slice(0, 5).join(', ')}`
    : `one of ${names.length}; did you mean ${near.join(', ')}?`
}
