// What changes from step to step: the learning rate and the weight of the KL term.
import { adamScalars } from '../objective/adam.js'
import type { Duration, Schedule, TrainConfig } from './config.js'

/** The scalars of one step. */
export interface StepScalars {
  readonly learningRate: number
  readonly stepSize: number
  readonly epsilon: number
  readonly beta: number
}

/**
 * The scalars of step `step`, 0 for the first.
 *
 * @param stepsPerEpoch a length in epochs is this times as many steps, rounded
 */
export function scalarsOf(config: TrainConfig, step: number, stepsPerEpoch: number): StepScalars {
  const learningRate = config.learningRate * rateFactor(config, step, stepsPerEpoch)
  const ramp = warmUp(step, stepsOf(config.klWarmup, stepsPerEpoch))
  return { learningRate, ...adamScalars(step + 1, learningRate), beta: config.beta * ramp }
}

function rateFactor({ schedule, epochs }: TrainConfig, step: number, perEpoch: number): number {
  const warmup = stepsOf(schedule.warmup, perEpoch)
  if (step < warmup) return warmUp(step, warmup)
  const passed = step - warmup
  return decay(schedule, { passed, length: Math.max(1, epochs * perEpoch - warmup), perEpoch })
}

function decay(
  schedule: Schedule,
  { passed, length, perEpoch }: { passed: number; length: number; perEpoch: number },
): number {
  if (schedule.name === 'constant') return 1
  if (schedule.name === 'step') {
    const every = Math.max(1, stepsOf(schedule.every, perEpoch))
    return schedule.factor ** Math.floor(passed / every)
  }
  const progress = Math.min(1, passed / length)
  const left = schedule.name === 'cosine' ? (1 + Math.cos(Math.PI * progress)) / 2 : 1 - progress
  return schedule.final + (1 - schedule.final) * left
}

/** 1/length at the first step, 1 from step `length` on. */
function warmUp(step: number, length: number): number {
  return length === 0 ? 1 : Math.min(1, (step + 1) / length)
}

function stepsOf(duration: Duration, stepsPerEpoch: number): number {
  return 'steps' in duration ? duration.steps : Math.round(duration.epochs * stepsPerEpoch)
}
