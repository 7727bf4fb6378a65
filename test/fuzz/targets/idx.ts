// IDX files of images and labels.
import { decodeIdx, encodeIdx, ImagesError, type IdxKind } from '@anyvae/images'
import { mutateIdx } from '../mutators/idx.js'
import { ensure, type Target } from '../target.js'
import { idxImages, idxLabels } from './seeds.js'

/** An accepted file has as many values as it declares, and no more bytes. */
function idxTarget(kind: IdxKind, seed: Uint8Array): Target {
  return {
    seeds: () => [seed],
    mutate: mutateIdx,
    errors: [ImagesError],
    parse(input) {
      const { dims, data } = decodeIdx(input, kind, 'fuzz')
      const size = dims.reduce((whole, dim) => whole * dim, 1)
      ensure(dims.length === (kind === 'images' ? 3 : 1), `${dims.length} sizes`)
      ensure(data.length === size && size > 0, `${data.length} values of ${dims.join(' x ')}`)
      const again = decodeIdx(encodeIdx({ dims, data: Uint8Array.from(data) }), kind, 'again')
      ensure(
        Buffer.compare(Uint8Array.from(again.data), Uint8Array.from(data)) === 0,
        'other bytes once written',
      )
    },
  }
}

export const idxImageFile = idxTarget('images', idxImages)
export const idxLabelFile = idxTarget('labels', idxLabels)
