// Every whole model of the tests, for the tests here and for those of other tools.
import { distributedModel, sequentialModel, siameseModel } from './composed.js'
import { detector } from './detector.js'
import { graphClassifier } from './graph-models.js'
import { mobilenet } from './mobilenet.js'
import type { ModelCase } from './model-case.js'
import { anyLength, bidirectional, convLstm, gru, lstm, masked } from './recurrent.js'
import { stateCases } from './states.js'
import { unet, unetAnySize } from './unet.js'

export const modelCases: readonly ModelCase[] = [
  sequentialModel,
  siameseModel,
  distributedModel,
  mobilenet,
  unet,
  unetAnySize,
  lstm,
  gru,
  bidirectional,
  masked,
  anyLength,
  convLstm,
  ...stateCases,
  graphClassifier,
  detector,
]
