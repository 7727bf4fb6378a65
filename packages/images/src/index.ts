// The public names of @anyvae/images: everything that needs neither files nor processes.
export {
  imagesOfArray,
  imagesOfArrays,
  type ArrayImages,
  type ArrayOptions,
  type NamedArray,
  type NumberArray,
} from './arrays.js'
export {
  epochOrder,
  effectiveBatchSize,
  stepsPerEpoch,
  trainingBatches,
  evaluationBatches,
  type Batch,
  type TrainingBatchOptions,
} from './batches.js'
export {
  arrayKindOf,
  collectDeclared,
  idxDeclared,
  npyDeclared,
  type DeclaredOptions,
} from './packed/declared.js'
export { ImagesError } from './error.js'
export { glyphs, type GlyphsOptions } from './glyphs.js'
export {
  imageGrid,
  pairGrid,
  type GridImages,
  type GridOptions,
  type PairGridOptions,
} from './grid.js'
export { decodeIdx, encodeIdx, type IdxArray, type IdxKind } from './idx.js'
export {
  describeShape,
  gatherImages,
  imageSet,
  imageSize,
  selectImages,
  type ImageSet,
  type ImageSetOptions,
  type ImageShape,
} from './image-set.js'
export { sourceOf, type ImageSource } from './image-source.js'
export { labelsOfArray } from './arrays/labels.js'
export type { ArrayLayout, AxisOrder, LayoutOptions } from './arrays/layout.js'
export { decodeNpy, encodeNpy, type NpyArray, type NpyData, type NpyType } from './npy.js'
export type { Picture } from './picture.js'
export { decodePng, encodePng } from './png.js'
export { spreadIndices } from './spread.js'
export { holdOutSource, holdOutTest, type Split } from './split.js'
export { bytePixels, unitPixels } from './unit.js'
export type { ValueRange } from './arrays/value-range.js'
