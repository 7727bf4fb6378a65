// PNG files as a page and the package's own reader take them apart.
import { decodePng, encodePng, ImagesError } from '@anyvae/images'
import { mutatePng } from '../mutators/png.js'
import { ensure, type Target } from '../target.js'

const seed = (channels: 1 | 3) => {
  const data = Uint8Array.from({ length: 20 * channels }, (_, i) => (i * 37) % 256)
  return encodePng({ width: 5, height: 4, channels, data })
}

/** An accepted picture has a byte for each channel of each pixel. */
export const png: Target = {
  seeds: () => [seed(1), seed(3)],
  mutate: mutatePng,
  errors: [ImagesError],
  parse(input) {
    const { width, height, channels, data } = decodePng(input)
    ensure(width > 0 && height > 0, `a picture of ${width} x ${height}`)
    ensure(
      data.length === width * height * channels,
      `${data.length} bytes of ${width} x ${height}`,
    )
    const again = decodePng(encodePng({ width, height, channels, data }))
    ensure(Buffer.compare(again.data, data) === 0, 'other pixels once written')
  },
}
