// From the device to memory: onnxruntime-node cannot copy a tensor there, but a graph's output it can.
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { refuse } from '@anyvae/runtime'

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
      for (const session of all) await (await session).release()
    },
  }
}

/** A model of one node, Identity, on a tensor of any shape. */
function copyModel(type: string): Uint8Array {
  const code =
    CODES[type] ?? refuse('download: unsupported type', type, Object.keys(CODES).join(', '))
  const value = (name: string) => [...text(1, name), ...field(2, field(1, [0x08, code]))]
  const node = [...text(1, 'value'), ...text(2, 'copy'), ...text(4, 'Identity')]
  const graph = [
    ...field(1, node),
    ...text(2, 'copy'),
    ...field(11, value('value')),
    ...field(12, value('copy')),
  ]
  // IR version 8, opset 17.
  return Uint8Array.of(0x08, 8, ...field(7, graph), ...field(8, [0x10, 17]))
}

/** A length-delimited field of protobuf, of fewer than 128 bytes. */
function field(number: number, bytes: readonly number[]): number[] {
  return [(number << 3) | 2, bytes.length, ...bytes]
}

function text(number: number, value: string): number[] {
  return field(number, [...new TextEncoder().encode(value)])
}
