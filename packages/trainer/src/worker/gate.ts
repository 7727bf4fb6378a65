// A gate that a training stops at while it is paused.

/** Open at first. Whoever passes waits while it is closed. */
export class Gate {
  #opened: Promise<void> | undefined
  #open: (() => void) | undefined

  close(): void {
    this.#opened ??= new Promise((resolve) => {
      this.#open = resolve
    })
  }

  open(): void {
    this.#open?.()
    this.#opened = undefined
  }

  async passed(): Promise<void> {
    while (this.#opened) await this.#opened
  }
}
