// The elements of the page, by their ids.

/**
 * The element with an id, of the type that it is used as.
 *
 * @throws Error where index.html has none such
 */
export function element<T extends Element>(id: string, type: abstract new () => T): T {
  const found = document.getElementById(id)
  if (found instanceof type) return found
  throw new Error(`page: no such element, got none with id ${id}, expected a ${type.name}`)
}

/** Sets the text of an element. */
export function tell(id: string, text: string): void {
  element(id, HTMLElement).textContent = text
}

/** Which of the radio buttons of a name is chosen. */
export function chosen(name: string): string {
  const found = document.querySelector(`input[name="${name}"]:checked`)
  return found instanceof HTMLInputElement ? found.value : ''
}

/** A number as the page shows it, such as `6,000`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** The one line that an error is told in. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0] ?? text
}
