// The worker that makes bundles: tracing and the reference outputs take a second or two.
import { createBundle, trainedOf } from '@anyvae/bundle'
import type { BundleOrder, BundleReply } from './messages.js'

addEventListener('message', ({ data }: MessageEvent<BundleOrder>) => {
  void bundleOf(data).then((reply) => postMessage(reply))
})

async function bundleOf({ checkpoint, data, name, license }: BundleOrder): Promise<BundleReply> {
  try {
    const options = { name, ...(license && { license }) }
    return { files: await createBundle(trainedOf({ checkpoint, data }), options) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
