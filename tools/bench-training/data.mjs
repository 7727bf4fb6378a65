// What every peer starts from, as files: images, initial parameters and a description of both.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { glyphs } from '@anyvae/images'
import { createNetwork, initialParameters } from '@anyvae/trainer'

const SEED = 1

/**
 * Writes a network's images (uint8, channels first) and parameters (float32) into a folder.
 *
 * @returns what a peer is told, but for what concerns it alone
 */
export function writeTask(folder, name, { options, batchSize, images }) {
  const network = createNetwork(options)
  const data = join(folder, `${name}.images`)
  writeFileSync(data, imagesOf(options.image, images))
  const values = initialParameters(network, SEED)
  const file = join(folder, `${name}.parameters`)
  const all = network.parameters.map(({ name }) => Buffer.from(values[name].buffer))
  writeFileSync(file, Buffer.concat(all))
  return {
    network: network.config,
    batchSize,
    images,
    data,
    seed: SEED,
    parameters: { file, shapes: network.parameters.map(({ shape }) => shape) },
  }
}

/** Digits that are drawn from a seed; in colour, each in a tint of its own. */
function imagesOf({ channels, height, width }, count) {
  const { data } = glyphs({ count, seed: SEED, height, width })
  if (channels === 1) return data
  const pixels = height * width
  const tinted = new Uint8Array(count * channels * pixels)
  for (let i = 0; i < count; i++) {
    const grey = data.subarray(i * pixels, (i + 1) * pixels)
    for (let c = 0; c < channels; c++) {
      const share = ((i * 37 + c * 91) % 200) + 56
      const offset = (i * channels + c) * pixels
      for (let p = 0; p < pixels; p++) tinted[offset + p] = (grey[p] * share) >> 8
    }
  }
  return tinted
}
