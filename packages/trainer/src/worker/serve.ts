// The worker's side of a training in a worker.
import { effectiveBatchSize } from '@anyvae/images'
import type { SessionBackend } from '@anyvae/runtime'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { checkpointOf, describeEngine } from '../checkpoint/of-epoch.js'
import type { TrainingEngine } from '../engines/engine.js'
import { initialState } from '../engines/initial-state.js'
import { TrainError } from '../error.js'
import { createNetwork } from '../network/network.js'
import { parseTrainConfig, type TrainConfig } from '../training/config.js'
import type { TrainEvent } from '../training/events.js'
import { checkImages, trainUntilStopped, type TrainResult } from '../training/train.js'
import { chooseEngine } from './choose.js'
import { Gate } from './gate.js'
import { messageIn, type Order, type Reply, type Request } from './messages.js'
import type { TrainingPort, WorkerEvent } from './messages.js'
import { oneAtATime } from './serial.js'

/** What a worker trains with. */
export interface ServeOptions {
  /** Such as `webBackend` of @anyvae/runtime-web. */
  readonly backend: SessionBackend
}

/**
 * Trains for whoever calls `trainInWorker` at the other end of a channel.
 *
 * @param port the worker's own scope (`self`), or a message port
 */
export function serveTraining(port: TrainingPort, options: ServeOptions): void {
  let current: Served | undefined
  const say = (reply: Reply) => port.postMessage(reply)
  const answer = async (request: Request): Promise<unknown> => {
    if (request.call !== 'train') return obey(current, request)
    if (current && !current.isReleased) {
      throw new TrainError('worker: trains already, got another training, expected a release first')
    }
    const { training, given } = request
    current = new Served(options, (event) => say({ training, event }))
    return current.train(given)
  }
  port.addEventListener('message', (event) => {
    const request = messageIn<Request>(event)
    if (!request) return
    const { training } = request
    answer(request).then(
      (result) => say({ training, answer: result }),
      (error: unknown) => say({ training, error: messageOf(error) }),
    )
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function obey(served: Served | undefined, request: Exclude<Request, { call: 'train' }>) {
  if (served === undefined || served.isReleased) {
    throw new TrainError(
      `${request.call}: no training, got none, expected one that is not released`,
    )
  }
  switch (request.call) {
    case 'pause':
      return served.gate.close()
    case 'resume':
      return served.gate.open()
    case 'stop':
      return served.stop()
    case 'decode':
      return served.decode(request.given.latents, request.given.count)
    case 'checkpoint':
      return served.checkpoint()
    case 'release':
      return served.release()
  }
}

/** One training from its order to its release. */
class Served {
  readonly gate = new Gate()
  isReleased = false
  readonly #options: ServeOptions
  readonly #tell: (event: WorkerEvent) => void
  readonly #controller = new AbortController()
  #engine: Promise<TrainingEngine> | undefined
  #checkpoint: Checkpoint | undefined
  #ended: Promise<TrainResult> | undefined

  constructor(options: ServeOptions, tell: (event: WorkerEvent) => void) {
    this.#options = options
    this.#tell = tell
  }

  async train(order: Order): Promise<TrainResult> {
    try {
      this.#ended = this.#train(order)
      return await this.#ended
    } catch (error) {
      await this.release()
      throw error
    }
  }

  async #train(order: Order): Promise<TrainResult> {
    const { images, checkpoint } = order
    const config = configOf(order)
    const network = createNetwork(config.network)
    checkImages(network, images)
    this.#checkpoint = checkpoint
    const state = checkpoint?.state ?? initialState(network, config.seed)
    const batchSize = effectiveBatchSize(images.train.count, config.batchSize)
    const start = { network, state, batchSize, images: images.train }
    const tell = this.#tell
    this.#engine = chooseEngine(this.#options.backend, order, { ...start, tell }).then(oneAtATime)
    const engine = await this.#engine
    const signal = this.#controller.signal
    const onEvent = (event: TrainEvent) => this.#heard(event, { config, engine })
    const startEpoch = checkpoint?.epoch ?? 0
    return trainUntilStopped({ network, engine, images, config, startEpoch, signal, onEvent })
  }

  async #heard(
    event: TrainEvent,
    { config, engine }: { readonly config: TrainConfig; readonly engine: TrainingEngine },
  ): Promise<void> {
    if (event.type === 'epoch') {
      this.#checkpoint = checkpointOf(event, config, describeEngine(engine))
      const { type, record, examples } = event
      this.#tell({ type, record, examples })
    } else {
      this.#tell(event)
    }
    await this.gate.passed()
  }

  stop(): void {
    this.#controller.abort()
    this.gate.open()
  }

  async decode(latents: Float32Array, count: number): Promise<Float32Array> {
    const engine = await this.#engine
    if (engine) return engine.decode(latents, count)
    throw new TrainError('decode: too early, got no engine yet, expected one that has started')
  }

  checkpoint(): Checkpoint {
    if (this.#checkpoint) return this.#checkpoint
    throw new TrainError('checkpoint: none yet, got no whole epoch, expected at least one')
  }

  async release(): Promise<void> {
    if (this.isReleased) return
    this.isReleased = true
    this.stop()
    await this.#ended?.catch(() => undefined)
    const engine = await this.#engine?.catch(() => undefined)
    await engine?.release()
  }
}

function configOf({ config, checkpoint, images }: Order): TrainConfig {
  if (config !== undefined && checkpoint === undefined) {
    return parseTrainConfig(config, images.train.count)
  }
  if (config === undefined && checkpoint !== undefined) return checkpoint.config
  const got = config === undefined ? 'neither' : 'both'
  throw new TrainError(`training: config or checkpoint, got ${got}, expected one of them`)
}
