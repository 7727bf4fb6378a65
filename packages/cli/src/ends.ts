// The latents of an interpolation's two ends.
import { selectImages, type ImageShape } from '@anyvae/images'
import { drawLatents } from '@anyvae/runtime'
import type { Vae } from '@anyvae/runtime-node'
import { loadSplit, readFiles, type InputFlags } from './bundles.js'
import type { Endpoint } from './endpoint.js'
import { refuseUsage } from './error.js'
import type { Io } from './io.js'

/** The latents of some ends: posterior means of images, or draws from the prior. */
export async function latentsOf(
  vae: Vae,
  ends: readonly Endpoint[],
  { flags, io }: { readonly flags: InputFlags; readonly io: Io },
): Promise<Float32Array[]> {
  const { image: shape, latentSize } = vae.manifest
  const indexed = ends.flatMap((end) => (end.kind === 'index' ? [end.index] : []))
  const means = await indexedMeans(vae, indexed, { flags, shape, io })
  return Promise.all(
    ends.map(async (end) => {
      if (end.kind === 'seed') return drawLatents(1, latentSize, { seed: end.seed }).data
      if (end.kind === 'index') return means.get(end.index) ?? new Float32Array(latentSize)
      return (await vae.encode(await readFiles([end.path], { ...flags, shape }))).mean
    }),
  )
}

async function indexedMeans(
  vae: Vae,
  indices: readonly number[],
  { flags, shape, io }: { flags: InputFlags; shape: ImageShape; io: Io },
): Promise<ReadonlyMap<number, Float32Array>> {
  if (indices.length === 0) return new Map()
  if (flags.data === undefined) {
    refuseUsage(`--data: missing, got image ${indices[0]} as an end, expected the images' source`)
  }
  const set = await loadSplit(flags.data, flags, { shape, io })
  const { mean, shape: dims } = await vae.encode(selectImages(set, indices))
  return new Map(
    indices.map((index, i) => [index, mean.subarray(i * dims[1], (i + 1) * dims[1])] as const),
  )
}
