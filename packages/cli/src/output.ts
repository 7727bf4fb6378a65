// Writes what a command made: each file whole or not at all.
import { dirname, extname, resolve } from 'node:path'
import { encodePng, type Picture } from '@anyvae/images'
import { writeFileAtomic } from '@anyvae/images/node'
import { CliError, messageOf } from './error.js'
import { makeFolder } from './folder.js'
import { encodeNpy } from './npy.js'

/** Images as a command gives them away: a picture to look at, and the values themselves. */
export interface MadeImages {
  readonly picture: () => Picture
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/** Writes a PNG grid or, to a path that ends in .npy, the float32 values. */
export async function writeImages(path: string, made: MadeImages): Promise<void> {
  const { picture, data, shape } = made
  await writeOutput(path, extname(path) === '.npy' ? encodeNpy(data, shape) : encodePng(picture()))
}

/** Writes a file, with the folders that it stands in; where that fails, it leaves none of them. */
export async function writeOutput(path: string, content: Uint8Array | string): Promise<void> {
  const undo = await makeFolder(dirname(resolve(path))).catch((cause: unknown) => {
    throw new CliError(
      `${path}: cannot be written, got ${messageOf(cause)}, expected the right to write there`,
      { cause },
    )
  })
  try {
    await writeFileAtomic(
      path,
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    )
  } catch (error) {
    await undo()
    throw error
  }
}
