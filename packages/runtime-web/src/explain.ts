// Why onnxruntime created no session, and what would help.
import { refuse } from '@anyvae/runtime'

/** Throws the RuntimeError of a session that could not be created. */
export function explain(cause: unknown): never {
  const text = String(cause)
  if (text.includes('no available backend')) {
    refuse('onnxruntime: cannot start', cause, remedyOf(text))
  }
  if (/unsupported (graph|execution)|level is not valid/.test(text)) {
    refuse('session: unusable options', cause, 'those that onnxruntime knows')
  }
  refuse('model: onnxruntime cannot load it', cause, 'a readable ONNX model')
}

function remedyOf(problem: string): string {
  if (/unsafe-eval|CSP/.test(problem)) return "a content security policy with 'wasm-unsafe-eval'"
  // WASM starts once: after a failure all later sessions fail with the same words.
  return 'its files (see wasmPaths), and then the page to be loaded anew or a worker'
}
