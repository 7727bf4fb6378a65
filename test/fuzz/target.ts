// What a fuzz target is: a parser, inputs that it accepts, and how they are mutated.
import type { Random } from './random.js'

/**
 * Changes an input in one place, or a few.
 *
 * @param seeds inputs that the parser accepts, to take pieces from
 */
export type Mutator = (
  input: Uint8Array,
  random: Random,
  seeds: readonly Uint8Array[],
) => Uint8Array

/** The class of a package's errors. */
export type ErrorClass = abstract new (...args: never[]) => Error

/** What a target may use while it reads an input. */
export interface Workspace {
  /** An empty folder of its own, which is removed in the end. */
  readonly folder: string
}

/** A parser of bytes or text from outside. */
export interface Target {
  /** Inputs that the parser accepts; each is one file, one text or one message. */
  readonly seeds: () => readonly Uint8Array[] | Promise<readonly Uint8Array[]>
  readonly mutate: Mutator
  /** The classes of the errors with which an input may be refused. */
  readonly errors: readonly ErrorClass[]
  /**
   * Parses an input and checks the result.
   *
   * @throws one of `errors` where the input is refused, `Inconsistent` where the result is wrong
   */
  readonly parse: (input: Uint8Array, workspace: Workspace) => unknown
}

/** An input was accepted, but the result contradicts itself, the input or a promise of the parser. */
export class Inconsistent extends Error {
  override readonly name = 'Inconsistent'
}

/** Throws Inconsistent unless a property of an accepted input holds. */
export function ensure(holds: boolean, property: string): asserts holds {
  if (!holds) throw new Inconsistent(property)
}

/** A text as an input. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** An input as text; what is no UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** A JSON value as an input. */
export function jsonBytes(value: unknown): Uint8Array {
  return bytesOf(JSON.stringify(value))
}
