// The page that tests drive: it has the runtime at hand, and does nothing by itself.
import * as runtime from '@anyvae/runtime-web'

declare global {
  /** The public names of the package, in the page. */
  var anyvae: typeof runtime
}

globalThis.anyvae = runtime
