// What is doubtful of a bundle's lighter files: too few images, the same ones twice, too high a cost.
import type { ImageSet } from '@anyvae/images'
import type { Manifest, ManifestFile } from '@anyvae/runtime'

/** Ranges of fewer images than this are hardly those of the data. */
const FEW_IMAGES = 100

/** Nats per image that a lighter file may cost, and dB that it must reach, to pass without a word. */
const MOST_NATS = 1
const LEAST_PSNR = 30

/** How a line begins that {@link sharedWarning} gives. */
export const SHARED_DOUBT = 'int8: measured on images that it was calibrated on'

/** Data sets may hold the same image twice; from this share on they are the same images. */
const SHARED = 0.1

/** A line for each doubt that the manifest gives reason for. */
export function fileWarnings({ files }: Pick<Manifest, 'files'>): string[] {
  const few = Object.values(files).flatMap(({ calibration }) =>
    calibration && calibration.images < FEW_IMAGES ? [calibration.images] : [],
  )
  const calibrated = [...new Set(few)].map(
    (images) =>
      `int8: calibrated on few images, got ${images}, expected at least ${FEW_IMAGES} (1,000 are used)`,
  )
  return [...calibrated, ...Object.entries(files).flatMap(costWarning)]
}

function costWarning([path, { damage }]: [string, ManifestFile]): string[] {
  if (damage === undefined) return []
  const { negativeElbo, psnr = Infinity } = damage
  // Written so that what is no number is doubtful too.
  if (negativeElbo <= MOST_NATS && psnr >= LEAST_PSNR) return []
  const nats = `${negativeElbo > 0 ? '+' : ''}${negativeElbo.toFixed(1)} nats`
  return [
    `${path}: far from float32, got ${nats} and a PSNR of ${psnr.toFixed(1)} dB, expected at most ${MOST_NATS} nat and at least ${LEAST_PSNR} dB`,
  ]
}

/** A line where what was measured on is what was calibrated on. */
export function sharedWarning(calibration: ImageSet, test: ImageSet): string[] {
  const known = new Set(imagesOf(calibration))
  const shared = imagesOf(test).filter((image) => known.has(image)).length
  if (shared < SHARED * test.count) return []
  return [
    `${SHARED_DOUBT}, got ${shared} of ${test.count}, expected others: its cost is understated`,
  ]
}

/** Each image as a text that only the same image has. */
function imagesOf({ data, count }: ImageSet): string[] {
  const size = data.length / count
  const text = new TextDecoder('latin1')
  return Array.from({ length: count }, (_, i) =>
    text.decode(data.subarray(i * size, (i + 1) * size)),
  )
}
