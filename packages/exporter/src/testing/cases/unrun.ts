// Kernels that no operation of TensorFlow.js runs, for its cpu backend, out of those that it has.
import * as tf from '@tensorflow/tfjs-core'

type Inputs = Parameters<tf.KernelFunc>[0]['inputs']
type Attributes = tf.NamedAttrMap

/** Runs a kernel of the cpu backend by its name. */
type Run = (name: string, inputs: Inputs, attributes: Attributes) => tf.TensorInfo

/** Gives the cpu backend a kernel, made of its others; nothing where it has it already. */
function register(kernelName: string, make: (run: Run, inputs: Inputs) => tf.TensorInfo): void {
  if (tf.getKernel(kernelName, 'cpu') !== undefined) {
    return
  }
  const kernelFunc: tf.KernelFunc = ({ inputs, backend }) =>
    make((name, given, attrs) => {
      const [result] = [
        tf.getKernel(name, 'cpu').kernelFunc({ inputs: given, attrs, backend }),
      ].flat()
      if (result === undefined) {
        throw new Error(`${name}: gives nothing, expected a tensor`)
      }
      return result
    }, inputs)
  tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc })
}

register('LogSoftmax', (run, inputs) => run('Log', { x: run('Softmax', inputs, { dim: -1 }) }, {}))
register('LowerBound', (run, inputs) => run('SearchSorted', inputs, { side: 'left' }))
register('UpperBound', (run, inputs) => run('SearchSorted', inputs, { side: 'right' }))

/** Runs a kernel as it is. */
export function runKernel(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Attributes = {},
): tf.Tensor {
  return tf.engine().runKernel(name, { ...inputs }, attributes)
}
