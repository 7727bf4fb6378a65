// Training at the other end of a channel, with a real onnxruntime: what is told, held, decoded and kept.
import { glyphs } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import { nodeBackend } from '@anyvae/runtime-node'
import { expect, it, onTestFinished } from 'vitest'
import { createNetwork, initialState, onnxEngine, train, TrainError } from '../index.js'
import { parseTrainConfig, type TrainSettings } from '../training/config.js'
import { serveTraining, trainInWorker, type WorkerEvent } from '../worker.js'

const images = {
  train: glyphs({ count: 300, height: 12, width: 12 }),
  test: glyphs({ count: 40, split: 'test', height: 12, width: 12 }),
}
const config: TrainSettings = {
  network: { image: images.train.shape, hidden: [16], latent: 3 },
  epochs: 3,
  batchSize: 50,
}

/** The page's end of a channel to a server. */
function channel(backend = nodeBackend): MessagePort {
  const { port1, port2 } = new MessageChannel()
  serveTraining(port2, { backend })
  for (const port of [port1, port2]) port.start()
  onTestFinished(() => port1.close())
  return port1
}

/** A listener that keeps what it hears, and resolves at an event that fits. */
function listener() {
  const events: WorkerEvent[] = []
  const waiting: { fits: (event: WorkerEvent) => boolean; resolve: () => void }[] = []
  const onEvent = (event: WorkerEvent): void => {
    events.push(event)
    for (const each of waiting) if (each.fits(event)) each.resolve()
  }
  const until = (fits: (event: WorkerEvent) => boolean) =>
    new Promise<void>((resolve) => waiting.push({ fits, resolve }))
  return { events, onEvent, until }
}

it('trains to the parameters of a training beside it, bit for bit', async () => {
  const { events, onEvent } = listener()
  const training = trainInWorker(channel(), { images, config, onEvent })
  expect(await training.ended).toMatchObject({ completed: true, epoch: 3 })
  const whole = parseTrainConfig(config)
  const network = createNetwork(whole.network)
  const engine = await onnxEngine(nodeBackend)(network, initialState(network, 1), { batchSize: 50 })
  onTestFinished(() => engine.release())
  await train({ network, engine, images, config: whole })
  const checkpoint = await training.checkpoint()
  expect(checkpoint.state).toEqual(await engine.state())
  expect(checkpoint).toMatchObject({ epoch: 3, config: whole, examples: { count: 16 } })
  expect(checkpoint.computedWith).toMatchObject({ engine: 'onnx', provider: 'cpu' })
  const latents = randomStream(0, 'latent').normals(5 * 3)
  expect(await training.decode(latents, 5)).toEqual(await engine.decode(latents, 5))
  const epochs = events.flatMap((event) => (event.type === 'epoch' ? [event] : []))
  expect(epochs.map(({ record }) => record.epoch)).toEqual([1, 2, 3])
  expect(epochs.every((event) => !('state' in event))).toBe(true)
  await Promise.all([training.release(), training.release()])
  await training.release()
  await expect(training.checkpoint()).rejects.toThrow('released already')
})

it('holds a training without losing anything of it, and decodes meanwhile', async () => {
  const { events, onEvent, until } = listener()
  const port = channel()
  const training = trainInWorker(port, { images, config, onEvent, chunkSteps: 2 })
  await until(({ type }) => type === 'chunk')
  await training.pause()
  const latents = new Float32Array(2 * 3)
  expect(await training.decode(latents, 2)).toHaveLength(2 * 144)
  const heard = events.length
  await new Promise((resolve) => setTimeout(resolve, 100))
  // What was under way when it was held may have been told after that.
  expect(events.length).toBeLessThanOrEqual(heard + 1)
  await training.resume()
  expect(await training.ended).toMatchObject({ completed: true })
  const { state } = await training.checkpoint()
  await training.release()
  const other = trainInWorker(port, { images, config })
  await other.ended
  expect((await other.checkpoint()).state).toEqual(state)
  await other.release()
})

it('goes on from the checkpoint of a training that was stopped', async () => {
  const { onEvent, until } = listener()
  const port = channel()
  const first = trainInWorker(port, { images, config, onEvent, chunkSteps: 1 })
  await until(({ type }) => type === 'epoch')
  await first.stop()
  expect((await first.ended).completed).toBe(false)
  const checkpoint = await first.checkpoint()
  expect(checkpoint.epoch).toBeLessThan(3)
  await first.release()
  const second = trainInWorker(port, { images, checkpoint })
  expect(await second.ended).toMatchObject({ completed: true, epoch: 3 })
  const whole = trainInWorker(channel(), { images, config })
  await whole.ended
  expect((await second.checkpoint()).state).toEqual((await whole.checkpoint()).state)
})

it('tries the providers that there are, and says why one cannot train', async () => {
  const { events, onEvent } = listener()
  const backend = { ...nodeBackend, providers: ['dml', 'cpu'] as const }
  const training = trainInWorker(channel(backend), { images, config, provider: 'auto', onEvent })
  await training.ended
  const [first, second] = events
  expect(first).toMatchObject({
    type: 'trials',
    trials: [
      { provider: 'dml', reason: expect.stringContaining('dml') as string },
      { provider: 'cpu', stepsPerSecond: expect.any(Number) as number },
    ],
  })
  expect(second).toMatchObject({ type: 'start', provider: 'cpu' })
})

it('fails where the worker does', async () => {
  const port = channel()
  const training = trainInWorker(port, { images, config })
  port.dispatchEvent(Object.assign(new Event('error'), { message: 'no such script' }))
  await expect(training.ended).rejects.toThrow('worker: does not run, got no such script')
  await expect(training.decode(new Float32Array(3), 1)).rejects.toThrow(TrainError)
})

it('refuses in one line what it cannot train, and trains another after it', async () => {
  const port = channel()
  const failing = async (options: Partial<Parameters<typeof trainInWorker>[1]>) => {
    const { ended } = trainInWorker(port, { images, ...options })
    const error: unknown = await ended.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TrainError)
    return String(error)
  }
  expect(await failing({})).toContain('config or checkpoint, got neither')
  expect(await failing({ config: { ...config, epochs: 0 } })).toContain('epochs: out of range')
  expect(await failing({ config, provider: 'dml' })).toContain('dml')
  const shape = { ...images.train.shape, height: 10 }
  const other = { ...config, network: { ...config.network, image: shape } }
  expect(await failing({ config: other })).toContain("another shape than the network's")
  const good = trainInWorker(port, { images, config })
  expect(await failing({ config })).toContain('trains already')
  expect(await good.ended).toMatchObject({ completed: true })
})
