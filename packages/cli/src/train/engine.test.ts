// What computes a training is refused before images are read for it.
import { nodeBackend } from '@anyvae/runtime-node'
import { probeProvider } from '@anyvae/runtime-node/probe'
import { expect, it } from 'vitest'
import { chooseEngine } from './engine.js'

it.each(['cuda', 'webgpu'] as const)('refuses %s where it does not work', async (provider) => {
  const refused = chooseEngine({ provider }, 'mlp').then(
    () => undefined,
    (error: Error) => error.message,
  )
  const isThere = nodeBackend.providers.includes(provider)
  if (isThere && (await probeProvider(provider)).works) expect(await refused).toBeUndefined()
  else if (isThere) expect(await refused).toMatch(/^--provider: \w+ does not work here, got '.+', /)
  else expect(await refused).toMatch(/^--provider: not one of onnxruntime-node here, got '\w+', /)
})
