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
      // Other types are read and never written.
      if (!(data instanceof Uint8Array)) return
      const again = decodeIdx(encodeIdx({ dims, data }), kind, 'again')
      ensure(
        again.data instanceof Uint8Array && Buffer.compare(again.data, data) === 0,
        'other bytes once written',
      )
    },
  }
}

export const idxImageFile = idxTarget('images', idxImages)
export const idxLabelFile = idxTarget('labels', idxLabels)
