// A picture of a set: some images of each class where there are labels, else its first images.
import { gatherImages, imageGrid, type ImageSet, type Picture } from '@anyvae/images'

const COLUMNS = 10
/** Rows at most; classes past it are left out. */
const ROWS = 20

export function preview(set: ImageSet): Picture {
  const { shape, name } = set
  if (set.labels === undefined) {
    const indices = Array.from({ length: Math.min(set.count, COLUMNS * 6) }, (_, i) => i)
    const title = `${name}: the first ${indices.length} of ${set.count} images`
    return imageGrid(gatherImages(set, indices), { shape, columns: COLUMNS, title })
  }
  const classes = firstOfClasses(set.labels).slice(0, ROWS)
  const rowLabels = classes.map(({ label }) => set.classNames?.[label] ?? String(label))
  const size = shape.channels * shape.height * shape.width
  // A class of few images leaves the rest of its row blank.
  const images = new Uint8Array(classes.length * COLUMNS * size).fill(255)
  classes.forEach(({ indices }, row) => {
    images.set(gatherImages(set, indices), row * COLUMNS * size)
  })
  const title = `${name}: the first ${COLUMNS} images of each class`
  return imageGrid(images, { shape, columns: COLUMNS, title, rowLabels })
}

function firstOfClasses(labels: Uint16Array): { label: number; indices: number[] }[] {
  const found = new Map<number, number[]>()
  labels.forEach((label, index) => {
    const indices = found.get(label) ?? []
    if (indices.length < COLUMNS) indices.push(index)
    found.set(label, indices)
  })
  return [...found].sort(([a], [b]) => a - b).map(([label, indices]) => ({ label, indices }))
}
