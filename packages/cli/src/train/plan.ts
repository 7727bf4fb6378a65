// What a training is about to do, in steps, and whether that is enough.
import { describeShape, imageSize } from '@anyvae/images'
import { lengthInSteps, type TrainConfig } from '@anyvae/trainer'
import type { Screen } from '../ui/screen.js'
import { count, plural } from '../ui/format.js'
import type { SettingFlags } from './flags.js'

/** Values of an image beyond which an mlp is mostly its first and last layer. */
const MLP_VALUES = 2048

/** What a plan is made for. */
interface Planned {
  readonly config: TrainConfig
  /** Of training images. */
  readonly images: number
  readonly flags: SettingFlags
}

/** Prints the plan of a new run, and a warning where it is too short to learn from. */
export function announcePlan(screen: Screen, planned: Planned): void {
  screen.line(planLine(planned))
  const { architecture, image } = planned.config.network
  if (architecture === 'mlp' && planned.flags.arch === undefined && imageSize(image) > MLP_VALUES) {
    screen.line(`note: on images of ${describeShape(image)} --arch conv is smaller and faster`)
  }
  const warning = shortRun(planned)
  if (warning !== undefined) screen.line(`warning: ${warning}`)
}

/** `plan: 250 epochs of 16 steps, batch 16, 4,000 steps; as suits 270 images`. */
function planLine({ config, images, flags }: Planned): string {
  const { stepsPerEpoch, steps } = lengthInSteps(config, images)
  const chosen = [
    ...(flags.epochs === undefined ? ['--epochs'] : []),
    ...(flags.batch === undefined ? ['--batch'] : []),
  ]
  const length = `${plural(config.epochs, 'epoch')} of ${plural(stepsPerEpoch, 'step')}, batch ${config.batchSize}, ${plural(steps, 'step')}`
  const why = chosen.length === 0 ? '' : `; ${chosen.join(', ')} to suit ${count(images)} images`
  return `plan: ${length}${why}`
}

/** Why a run is too short to learn from, and what to change; undefined where it is not. */
export function shortRun({ config, images }: Omit<Planned, 'flags'>): string | undefined {
  const { steps, isShort, suitedEpochs } = lengthInSteps(config, images)
  if (!isShort) return undefined
  return `${plural(steps, 'step')} are too few to learn from, expected 1,000 or more: leave out --epochs, or take --epochs ${suitedEpochs}`
}
