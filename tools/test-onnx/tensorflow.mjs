// TensorFlow.js on its cpu backend, without its advertisement.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'

/**
 * The backend advertises tfjs-node on its first use, where IS_NODE is set. The first use is this one,
 * without it; real warnings are left alone.
 */
export async function quietTensorflow() {
  await tf.setBackend('cpu')
  const isNode = tf.env().getBool('IS_NODE')
  tf.env().set('IS_NODE', false)
  tf.scalar(0).dispose()
  tf.env().set('IS_NODE', isNode)
}
