// The forms of operators, read from the tables.
import type { DataType } from '../../types.js'
import { typeSets } from './table.js'

/** One input of an operator: its element types, and the letter of those that must be alike. */
export interface InputForm {
  readonly types: readonly string[]
  readonly letter?: string
  readonly optional: boolean
  readonly repeated: boolean
}

/** What an operator takes, from an operator set on. */
export interface Form {
  readonly since: number
  readonly inputs: readonly InputForm[]
  readonly attributes: readonly string[]
}

/** The form that a text of the tables describes. */
export function formOf(since: number, text: string): Form {
  const [inputs = '', attributes = ''] = text.split(';').map((part) => part.trim())
  const letters = new Map<string, readonly string[]>()
  return {
    since,
    inputs: inputs === '' ? [] : inputs.split(', ').map((each) => inputOf(each, letters)),
    attributes: attributes === '' ? [] : attributes.split(' '),
  }
}

function inputOf(text: string, letters: Map<string, readonly string[]>): InputForm {
  const bare = text.replace(/\?$|\.\.\.$/, '')
  const [first = '', types = ''] = bare.split('=')
  if (types !== '') {
    letters.set(first, typesOf(types))
  }
  const marks = { optional: text.endsWith('?'), repeated: text.endsWith('...') }
  const shared = letters.get(first)
  return shared ? { ...marks, types: shared, letter: first } : { ...marks, types: typesOf(first) }
}

function typesOf(text: string): readonly string[] {
  return typeSets[text] ?? text.split('|')
}

/** The form of the input at a place; the last one where it repeats. */
export function inputForm(form: Form, index: number): InputForm | undefined {
  const last = form.inputs.at(-1)
  return form.inputs[index] ?? (last?.repeated ? last : undefined)
}

/** Whether a form takes an element type at a place. */
export function takes(form: Form, index: number, dataType: DataType): boolean {
  return inputForm(form, index)?.types.includes(dataType) ?? false
}
