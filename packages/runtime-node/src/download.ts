// From the device to memory: onnxruntime-node cannot copy a tensor there, but a graph's output it can.
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { refuse } from '@anyvae/runtime'
import { tinyModel } from './tiny.js'

/** ONNX's codes of the element types that cross the seam. */
const CODES: Readonly<Record<string, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
}

/** Copies tensors from the device of its sessions to memory. */
export interface Downloader {
  /** A copy in memory; the tensor stays as it is. */
  download(tensor: Tensor): Promise<Tensor>
  release(): Promise<void>
}

/** @param options those of the session whose tensors are to be copied: the provider and its settings */
export function createDownloader(options: InferenceSession.SessionOptions): Downloader {
  const sessions = new Map<string, Promise<InferenceSession>>()
  return {
    async download(tensor) {
      const made =
        sessions.get(tensor.type) ?? InferenceSession.create(copyModel(tensor.type), options)
      sessions.set(tensor.type, made)
      const { copy } = await (await made).run({ value: tensor })
      return copy ?? refuse('download: onnxruntime gave no copy', 'nothing', 'a tensor')
    },
    async release() {
      const all = [...sessions.values()]
      sessions.clear()
      for (const made of all) {
        // One that could not be made has nothing to free.
        const session = await made.catch(() => undefined)
        await session?.release()
      }
    },
  }
}

function copyModel(type: string): Uint8Array {
  const code =
    CODES[type] ?? refuse('download: unsupported type', type, Object.keys(CODES).join(', '))
  return tinyModel({ opType: 'Identity', inputs: ['value'], output: 'copy', type: code })
}
