// Readable names that are C identifiers and unique in a graph.

/** A C identifier from any text: other characters become underscores. */
export function identifier(text: string): string {
  const cleaned = text.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '')
  return /^[A-Za-z]/.test(cleaned) ? cleaned : `v_${cleaned}`
}

/** A giver of names: the wanted one where it is free, else with a number behind it. */
export class Names {
  readonly #next = new Map<string, number>()
  readonly #taken = new Set<string>()

  /** Takes a name that nothing else has. */
  take(wanted: string): string {
    const base = identifier(wanted)
    let name = base
    while (this.#taken.has(name)) {
      const number = this.#next.get(base) ?? 1
      this.#next.set(base, number + 1)
      name = `${base}_${number}`
    }
    this.#taken.add(name)
    return name
  }
}
