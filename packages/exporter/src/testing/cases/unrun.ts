// Kernels that no operation of TensorFlow.js runs, for its cpu backend, out of those that it has.
import * as tf from '@tensorflow/tfjs-core'

type Inputs = Parameters<tf.KernelFunc>[0]['inputs']
type Attributes = tf.NamedAttrMap

/** Runs a kernel of the cpu backend by its name. */
type Run = (name: string, inputs: Inputs, attributes: Attributes) => tf.TensorInfo

type Make = (run: Run, inputs: Inputs, attributes: Attributes) => tf.TensorInfo

/** Gives the cpu backend a kernel, made of its others; nothing where it has it already. */
function register(kernelName: string, make: Make): void {
  if (tf.getKernel(kernelName, 'cpu') !== undefined) {
    return
  }
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs: attributes, backend }) =>
    make(
      (name, given, attrs) => {
        const [result] = [
          tf.getKernel(name, 'cpu').kernelFunc({ inputs: given, attrs, backend }),
        ].flat()
        if (result === undefined) {
          throw new Error(`${name}: gives nothing, expected a tensor`)
        }
        return result
      },
      inputs,
      attributes ?? {},
    )
  tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc })
}

register('BroadcastTo', (run, inputs, { shape, inputShape }) => {
  const sizes = inputShape as number[]
  const reps = (shape as number[]).map((size, axis) => (sizes[axis] === size ? 1 : size))
  return run('Tile', inputs, { reps })
})
register('LogSoftmax', (run, inputs) => run('Log', { x: run('Softmax', inputs, { dim: -1 }) }, {}))
register('LogicalXor', (run, inputs) => run('NotEqual', inputs, {}))
register('LowerBound', (run, inputs) => run('SearchSorted', inputs, { side: 'left' }))
register('MatrixBandPart', (_, { input, numLower, numUpper }) =>
  tf.linalg.bandPart(input as tf.Tensor, numLower as tf.Scalar, numUpper as tf.Scalar),
)
register('UpperBound', (run, inputs) => run('SearchSorted', inputs, { side: 'right' }))

/** Runs a kernel as it is. */
export function runKernel(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Attributes = {},
): tf.Tensor {
  return tf.engine().runKernel(name, { ...inputs }, attributes)
}
