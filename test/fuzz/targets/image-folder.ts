// Names of files and folders that images are looked for in.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { encodePng, ImagesError } from '@anyvae/images'
import { loadImages } from '@anyvae/images/node'
import { TEXTS } from '../mutators/edges.js'
import { mutateList, textsIn } from '../mutators/lists.js'
import { changePath } from '../mutators/paths.js'
import { jsonBytes, type Target } from '../target.js'
import { checkSets } from './image-files.js'

const IMAGE = encodePng({ width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 80, 160, 255) })
const MOST = 6

const SEEDS = [
  ['a.png', 'b.png', 'c.jpg'],
  ['train/0/a.png', 'train/1/b.png', 'test/0/c.png'],
  ['cats/a.png', 'dogs/b.png', 'dogs/deep/c.png', '.hidden/d.png'],
]

/** Writes images under these names, as far as a file system takes them, below the folder alone. */
function writeImages(folder: string, names: readonly string[]): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const name of names.slice(0, MOST)) {
    const path = resolve(folder, name)
    if (!path.startsWith(folder + sep)) continue
    try {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, name.endsWith('.txt') ? 'text' : IMAGE)
    } catch {
      // Too long, with a NUL, or already there as something else.
    }
  }
}

/** A folder of images, whatever they are called. */
export const imageFolder: Target = {
  seeds: () => SEEDS.map(jsonBytes),
  mutate: mutateList(
    [...TEXTS, 'a.png', 'a/b.png', 'test', 'val/a.png', 'x.txt', '\n.png', '.png'],
    changePath,
  ),
  errors: [ImagesError],
  async parse(input, { folder }) {
    const names = textsIn(input)
    if (names === undefined) throw new ImagesError('fuzz: no list of names, got another input')
    const path = join(folder, 'images')
    writeImages(path, names)
    checkSets(await loadImages(path))
  },
}
