// A signal that comes while the process computes is heard right after.
import { expect, it } from 'vitest'
import { throwIfStopped } from './io.js'

it.skipIf(process.platform === 'win32')('hears what was sent during a computation', async () => {
  const controller = new AbortController()
  process.once('SIGUSR2', () => controller.abort(new Error('stopped by SIGUSR2')))
  await expect(throwIfStopped(controller.signal)).resolves.toBeUndefined()
  process.kill(process.pid, 'SIGUSR2')
  await expect(throwIfStopped(controller.signal)).rejects.toThrow('stopped by SIGUSR2')
})
