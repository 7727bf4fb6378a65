// The worker that trains.
import { webBackend } from '@anyvae/runtime-web'
import { serveTraining } from '@anyvae/trainer/worker'

serveTraining(self, { backend: webBackend })
