// onnxruntime keeps a device id and sends usage events unless it is told not to before it loads.
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, start, temporaryFolder } from './command.js'

const home = await temporaryFolder()
const folder = await temporaryFolder()

describe('a command that runs a model', () => {
  it('writes nothing into the user’s home', async () => {
    cpSync(join(ROOT, 'models', 'mnist-conv'), join(folder, 'bundle'), { recursive: true })
    const env = { PATH: process.env['PATH'], HOME: home, XDG_CACHE_HOME: join(home, 'cache') }
    const { exitCode, stderr } = await start(folder, 'verify bundle', { env }).ended
    expect(exitCode, stderr).toBe(0)
    expect(readdirSync(home)).toEqual([])
  })
})
