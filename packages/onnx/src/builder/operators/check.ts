// The check that an operator set has an operator as it is called.
import { OnnxError } from '../../error.js'
import type { Attribute } from '../../types.js'
import type { Value } from '../value.js'
import { arithmetic } from './arithmetic.js'
import { type Form, formOf, inputForm, takes } from './form.js'
import { networks } from './networks.js'
import { tensors } from './tensors.js'
import { valueFault } from './values.js'

/** An operator with its inputs and attributes. */
export interface OperatorCall {
  readonly opType: string
  readonly inputs: readonly (Value | undefined)[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** All operators that a builder may write. */
export const operators = { ...arithmetic, ...tensors, ...networks }

const known = new Map<string, readonly Form[]>()

/** The forms of an operator, oldest first; none where it is not known. */
export function formsOf(opType: string): readonly Form[] {
  const found = known.get(opType)
  if (found) {
    return found
  }
  const texts = Object.hasOwn(operators, opType) ? Object.entries(operators[opType] ?? {}) : []
  const forms = texts.map(([since, text]) => formOf(Number(since), text))
  known.set(opType, forms)
  return forms
}

/** The least operator set that has an operator, or undefined where none has. */
export function leastOpset(opType: string): number | undefined {
  return formsOf(opType)[0]?.since
}

/** Throws OnnxError unless the operator set has the operator with these inputs and attributes. */
export function checkCall(call: OperatorCall, opset: number): void {
  const forms = formsOf(call.opType)
  const [oldest] = forms
  if (oldest === undefined) {
    throw new OnnxError(`${call.opType}: not an operator of ONNX that is known, got this name`)
  }
  const form = forms.findLast((each) => each.since <= opset)
  if (form === undefined) {
    throw missing(call.opType, '', { opset, expected: `at least ${oldest.since}` })
  }
  checkInputs(call, { form, forms, opset })
  checkAttributes(call, { form, forms, opset })
}

interface Forms {
  readonly form: Form
  readonly forms: readonly Form[]
  readonly opset: number
}

function checkInputs(call: OperatorCall, forms: Forms): void {
  const { form } = forms
  form.inputs.forEach(({ optional, repeated }, i) => {
    if (!optional && !repeated && call.inputs[i] === undefined) {
      throw new OnnxError(`${call.opType}: input ${i} is missing, got none, expected a value`)
    }
  })
  const letters = new Map<string, Value>()
  call.inputs.forEach((input, i) => {
    if (input !== undefined) {
      checkInput(call, { ...forms, input, index: i, letters })
    }
  })
}

interface Place extends Forms {
  readonly input: Value
  readonly index: number
  readonly letters: Map<string, Value>
}

function checkInput(call: OperatorCall, place: Place): void {
  const { form, input, index, letters } = place
  if (!takes(form, index, input.dataType)) {
    throw wrongInput(call, place)
  }
  const letter = inputForm(form, index)?.letter ?? ''
  const alike = letter === '' ? input : (letters.get(letter) ?? input)
  letters.set(letter, alike)
  if (alike.dataType !== input.dataType) {
    throw new OnnxError(
      `${call.opType}: types differ, got ${input.dataType} for input ${index}, expected ${alike.dataType}`,
    )
  }
}

function wrongInput(call: OperatorCall, { form, forms, opset, input, index }: Place): OnnxError {
  const { dataType } = input
  const newer = forms.find((each) => each.since > opset && takes(each, index, dataType))
  if (newer) {
    const what = inputForm(form, index) ? `${dataType} as input ${index}` : `input ${index}`
    return missing(call.opType, `${what} `, { opset, expected: `at least ${newer.since}` })
  }
  const types = inputForm(form, index)?.types
  return types
    ? new OnnxError(
        `${call.opType}: type of input ${index}, got ${dataType}, expected ${types.join(', ')}`,
      )
    : new OnnxError(
        `${call.opType}: too many inputs, got ${call.inputs.length}, expected ${form.inputs.length}`,
      )
}

function checkAttributes(call: OperatorCall, { form, forms, opset }: Forms): void {
  for (const [name, attribute] of Object.entries(call.attributes)) {
    if (!form.attributes.includes(name)) {
      throw wrongAttribute(call, name, { form, forms, opset })
    }
    const fault = valueFault(call.opType, [name, attribute], opset)
    if (fault !== undefined) {
      throw new OnnxError(`${call.opType}: ${fault}`)
    }
  }
}

function wrongAttribute(
  call: OperatorCall,
  name: string,
  { form, forms, opset }: Forms,
): OnnxError {
  const others = forms.filter((each) => each.attributes.includes(name))
  const newer = others.find((each) => each.since > opset)
  const what = `attribute ${name} `
  if (newer) {
    return missing(call.opType, what, { opset, expected: `at least ${newer.since}` })
  }
  if (others.length > 0) {
    return missing(call.opType, what, { opset, expected: `at most ${form.since - 1}` })
  }
  const expected = form.attributes.join(', ') || 'none'
  return new OnnxError(`${call.opType}: unknown attribute, got ${name}, expected ${expected}`)
}

function missing(
  opType: string,
  what: string,
  { opset, expected }: { readonly opset: number; readonly expected: string },
): OnnxError {
  return new OnnxError(
    `${opType}: ${what}is not in opset ${opset}, got opset ${opset}, expected ${expected}`,
  )
}
