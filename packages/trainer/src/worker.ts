// The public names of @anyvae/trainer/worker: training in a worker, for a page that stays responsive.
export { trainInWorker, type TrainInWorkerOptions, type WorkerTraining } from './worker/client.js'
export type { Trial, TrainingPort, WorkerEvent } from './worker/messages.js'
export { serveTraining, type ServeOptions } from './worker/serve.js'
