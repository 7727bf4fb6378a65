// The page that tests drive: it has the runtime at hand, and does nothing by itself.
import * as runtime from '@anyvae/runtime-web'
import { callEverything } from './everything.js'

/** How something failed, as a test sees it. */
export interface Failure {
  readonly isRuntimeError: boolean
  readonly message: string
}

declare global {
  /** The public names of the package, in the page. */
  var anyvae: typeof runtime
  var everythingOf: typeof callEverything
  /** What a test has loaded and uses again later. */
  var vae: runtime.Vae
  /** How a promise was rejected. Throws where it was not. */
  var failureOf: (promise: Promise<unknown>) => Promise<Failure>
}

globalThis.anyvae = runtime
globalThis.everythingOf = callEverything

globalThis.failureOf = async (promise) => {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!(error instanceof Error)) throw new Error(`no failure, got ${String(error)}`)
  return { isRuntimeError: error instanceof runtime.RuntimeError, message: error.message }
}
