// The families of kernels by which the README lists what can be exported.
import { activation } from '../lowerings/activation.js'
import { binary } from '../lowerings/arithmetic.js'
import { complex } from '../lowerings/complex.js'
import { convolution } from '../lowerings/convolution.js'
import { creation } from '../lowerings/creation.js'
import { cropping } from '../lowerings/crop.js'
import { depthwiseConvolution } from '../lowerings/depthwise.js'
import { dilation } from '../lowerings/dilation.js'
import { drawing } from '../lowerings/drawing.js'
import { elementwise } from '../lowerings/elementwise.js'
import { gathering } from '../lowerings/gather.js'
import { complexLowerings, lowerings } from '../lowerings/index.js'
import { logic } from '../lowerings/logic.js'
import { matmul } from '../lowerings/matmul.js'
import { movement } from '../lowerings/movement.js'
import { normalization } from '../lowerings/normalization.js'
import { padding } from '../lowerings/padding.js'
import { poolGradients } from '../lowerings/pool-gradients.js'
import { pooling } from '../lowerings/pooling.js'
import { ragged } from '../lowerings/ragged.js'
import { raggedDense } from '../lowerings/ragged-dense.js'
import { reduction } from '../lowerings/reduction.js'
import { resizeGradients } from '../lowerings/resize-gradient.js'
import { resizing } from '../lowerings/resize.js'
import { rotation } from '../lowerings/rotation.js'
import { scan } from '../lowerings/scan.js'
import { scattering } from '../lowerings/scatter.js'
import { search } from '../lowerings/search.js'
import { segment } from '../lowerings/segment.js'
import { selection } from '../lowerings/selection.js'
import { sequence } from '../lowerings/sequence.js'
import { slicing } from '../lowerings/slicing.js'
import { softmaxes } from '../lowerings/softmax.js'
import { sparse } from '../lowerings/sparse.js'
import { sparseRows } from '../lowerings/sparse-rows.js'
import { transformation } from '../lowerings/transformation.js'

/** Kernels of a kind, and what there is to know about them. */
export interface Family {
  readonly name: string
  readonly kernels: readonly string[]
  readonly notes: string
}

function family(name: string, tables: readonly object[], notes = ''): Family {
  return { name, kernels: tables.flatMap((table) => Object.keys(table)).sort(), notes }
}

const onlyComplex = Object.fromEntries(
  Object.entries(complexLowerings).filter(([kernel]) => !(kernel in lowerings)),
)
const also = Object.keys(complexLowerings).filter((kernel) => kernel in lowerings)

/** Every kernel that can be exported stands in one family. */
export const families: readonly Family[] = [
  family(
    'Arithmetic',
    [binary],
    'booleans stay such: true and true add up to true, where the cpu backend of TensorFlow.js stores 2',
  ),
  family('Functions of one tensor', [elementwise]),
  family('Activations', [activation]),
  family('Comparisons and logic', [logic]),
  family('Matrix products', [matmul]),
  family('Convolutions', [convolution, depthwiseConvolution, dilation], 'gradients included'),
  family(
    'Pools',
    [pooling, poolGradients],
    "gradients included; `AvgPoolGrad` and `AvgPool3DGrad` count padding, as all backends of TensorFlow.js do and the pools themselves do not, which is wrong at the border: `gradients: 'exact'` leaves it out; `MaxPool3DGrad` also for windows whose height is not their width, where the cpu backend loses gradients",
  ),
  family(
    'Normalisation',
    [normalization, softmaxes],
    '`FusedBatchNorm` stretches moments of any shape, such as [1, channels, 1, 1]; the cpu backend takes them for numbers of the last axis',
  ),
  family(
    'Reductions',
    [reduction],
    'the gradient of `Max` and `Min` gives each of several equal extremes the whole, as TensorFlow.js does, which no option changes; of NaN `Max` and `Min` make NaN, as TensorFlow.js does; `ArgMax` and `ArgMin` leave it to the runtime, and ONNX Runtime does as TensorFlow.js',
  ),
  family(
    'Scans and searches',
    [scan, search],
    '`Cumprod` along an axis of known size; `TopK` always sorted',
  ),
  family(
    'Sums by group',
    [segment],
    'numbers and ids outside the range are left out, also negative ones in a histogram, which TensorFlow.js refuses',
  ),
  family(
    'Shapes',
    [movement, slicing, padding],
    '`StridedSlice` also drops axes beside strides, where the cpu backend fails',
  ),
  family('Picking and putting', [gathering, scattering, sparse]),
  family(
    'Sizes that depend on values',
    [selection, sparseRows, ragged, raggedDense],
    'each such size is a further open size of the graph; `RaggedTensorToTensor` repeats a default value that is no single number as documented, where the cpu backend writes zeros; soft suppression is refused; values that TensorFlow.js refuses when it sees them are not',
  ),
  family(
    'Making',
    [creation, sequence],
    '`Range` and `LinSpace` of numbers that are known, `Range` also of those that follow from open sizes',
  ),
  family(
    'Random choice',
    [drawing],
    'of uniform numbers that are an input (`noiseInputs`), independent ones for each row, where the cpu backend draws each row from the same ones',
  ),
  family(
    'Images',
    [resizing, resizeGradients, cropping, rotation, transformation],
    "any number of images of any shape, also in `Transform`, where the cpu backend leaves out all but the first, and in `ResizeBilinearGrad` and `ResizeNearestNeighborGrad`, where it mixes them up; those two leave `halfPixelCenters` out of account as TensorFlow.js does, which is wrong: `gradients: 'exact'` does not",
  ),
  family(
    'Complex numbers',
    [complex, onlyComplex],
    `as pairs of tensors inside the graph, its inputs and outputs being real; also ${also.map((kernel) => `\`${kernel}\``).join(' ')}`,
  ),
]
