// Puts jasmine's functions where the specs expect them; must be imported before any spec.
import { createRequire } from 'node:module'

interface SpecResult {
  readonly fullName: string
  readonly status: string
  readonly failedExpectations?: readonly { readonly message: string }[]
}

/** The part of jasmine that is used here. */
interface Jasmine {
  boot(): {
    getEnv(): {
      configure(options: object): void
      addReporter(reporter: {
        specStarted(spec: { readonly fullName: string }): void
        specDone(spec: SpecResult): void
      }): void
      execute(): Promise<unknown>
    }
  }
}

const core = createRequire(import.meta.url)('jasmine-core') as Jasmine

/** Jasmine, with its functions made global. */
export const jasmineEnv = core.boot().getEnv()

// The specs use some names twice; and they must be declared only after this.
jasmineEnv.configure({ random: false, forbidDuplicateNames: false })
