// Vite's development server, as `npm run dev` starts it.
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startProgram } from '../command.js'

/** Starts the server of a project until the test that asks for it is over; returns its URL. */
export async function startDevelopment(folder: string): Promise<string> {
  const vite = join(folder, 'node_modules/vite/bin/vite.js')
  const { child, ended } = startProgram(process.execPath, [vite, '--host', '127.0.0.1'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  onTestFinished(async () => {
    child.kill()
    await ended
  })
  const url = new Promise<string>((resolve) => {
    let printed = ''
    child.stdout?.on('data', (chunk: string) => {
      printed += chunk
      const [found] = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed) ?? []
      if (found !== undefined) resolve(found)
    })
  })
  const failed = ended.then(({ stdout, stderr }) => {
    throw new Error(`vite: ended, expected to serve\n${stdout}${stderr}`)
  })
  failed.catch(() => undefined)
  return Promise.race([url, failed])
}
