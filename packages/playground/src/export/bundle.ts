// Bundles of the page's training, made in a worker.
import { BundleError } from '@anyvae/bundle'
import type { BundleOrder, BundleReply } from './messages.js'

/** The files of a bundle, as `anyvae export` writes them. */
export async function makeBundle(order: BundleOrder): Promise<ReadonlyMap<string, Uint8Array>> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  try {
    const reply = await new Promise<BundleReply>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<BundleReply>) => resolve(data)
      worker.onerror = ({ message }) =>
        reject(new BundleError(`bundle: its worker failed, got ${message}, expected it to run`))
      worker.postMessage(order)
    })
    if ('error' in reply) throw new BundleError(reply.error)
    return reply.files
  } finally {
    worker.terminate()
  }
}
