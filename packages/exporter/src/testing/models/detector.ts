// The end of an object detector: the best boxes that do not overlap, and which classes they are of.
import * as tf from '@tensorflow/tfjs-core'
import type { Tensors } from '../../record.js'
import { type ModelCase, waves } from './model-case.js'

const CLASSES = 5

/** boxes [boxes, 4] and a score for each class become what is selected, how well it scores, and the classes found. */
function detect({ boxes, scores }: Tensors) {
  const [all, classes] = [boxes as tf.Tensor2D, scores as tf.Tensor2D]
  const best = tf.max<tf.Tensor1D>(classes, 1)
  const selected = tf.image.nonMaxSuppression(all, best, 20, 0.4, 0.25)
  const found = tf.unique(tf.argMax(tf.gather(classes, selected), 1)).values
  return { detections: tf.gather(all, selected), certainty: tf.gather(best, selected), found }
}

/** Boxes on a grid, of which some overlap much and others little; scores from 0 up to the given one. */
function detections(count: number, most: number): tf.Tensor[] {
  const boxes = Array.from({ length: count }, (_, i) => {
    const [top, left] = [Math.floor(i / 4) % 8, (i % 4) + (i >= 32 ? 0.125 : 0)]
    return [top, left, top + 1, left + (i % 3 === 0 ? 1.75 : 0.875)]
  })
  const scores = waves(count * CLASSES, count).map((value) => ((value + 1) / 2) * most)
  return [tf.tensor2d(boxes, [count, 4]), tf.tensor2d(scores, [count, CLASSES])]
}

export const detector: ModelCase = {
  name: 'detector',
  build: () => ({
    model: detect,
    predict: ([boxes, scores]) => {
      const { detections, certainty, found } = detect({ boxes, scores } as Tensors)
      return [detections, certainty, found]
    },
  }),
  inputs: { boxes: ['boxes', 4], scores: ['boxes', CLASSES] },
  samples: () => [detections(64, 1), detections(64, 0.5), detections(3, 1), detections(40, 0.125)],
}
