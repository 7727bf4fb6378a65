// Files of a bundle on disk that are not what they seem: refused before they are opened, and in no time.
import { execFileSync } from 'node:child_process'
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RuntimeError, bundleReader, diskReader, loadDecoder, loadVae } from './index.js'
import { writeBundle } from './testing/bundle.js'

let root: string
let folder: string
let manifest: string
let decoder: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'anyvae-disk-'))
  folder = join(root, 'bundle')
  const written = await writeBundle()
  await cp(written, folder, { recursive: true })
  await rm(written, { recursive: true })
  manifest = join(folder, 'anyvae.json')
  decoder = join(folder, 'decoder.onnx')
})

afterEach(() => rm(root, { recursive: true }))

async function failure(loading: Promise<unknown>): Promise<string> {
  const error: unknown = await loading.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(RuntimeError)
  return (error as RuntimeError).message
}

describe.runIf(process.platform !== 'win32')('a file of a bundle', () => {
  it('that is a FIFO is refused', async () => {
    for (const path of [decoder, manifest]) {
      await rm(path)
      execFileSync('mkfifo', [path])
      expect(await failure(loadVae(folder))).toBe(
        `file '${path}': cannot be read, got a FIFO, expected a regular file`,
      )
    }
    expect(await failure(loadDecoder(decoder))).toContain('got a FIFO')
  })

  it('that is a link to a device is refused', async () => {
    await rm(decoder)
    await symlink('/dev/zero', decoder)
    expect(await failure(loadVae(folder))).toContain("leaves the bundle, got a link to '/dev/zero'")
    expect(await failure(loadDecoder(decoder))).toContain('got a character device')
  })

  it('that is a socket or a folder is refused', async () => {
    await rm(decoder)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(decoder, resolve))
    expect(await failure(loadVae(folder))).toContain('got a socket, expected a regular file')
    await new Promise((resolve) => server.close(resolve))
    await mkdir(decoder)
    expect(await failure(loadVae(folder))).toContain('got a folder, expected a regular file')
  })

  it('that is a link out of the folder is refused, with a way out', async () => {
    await cp(decoder, join(root, 'secret.onnx'))
    for (const target of ['../secret.onnx', join(root, 'secret.onnx')]) {
      await rm(decoder)
      await symlink(target, decoder)
      const message = await failure(loadVae(folder))
      expect(message).toContain(`file '${decoder}': leaves the bundle, got a link to '`)
      expect(message).toContain('cp -rL')
    }
    // What the message advises.
    execFileSync('cp', ['-rL', folder, join(root, 'copy')])
    await (await loadVae(join(root, 'copy'))).release()
  })

  it('in a folder that is a link out is refused, whatever its name begins with', async () => {
    await mkdir(join(root, 'bundle-secret'))
    await cp(decoder, join(root, 'bundle-secret', 'x.onnx'))
    await symlink('../bundle-secret', join(folder, 'sub'))
    const message = await failure(diskReader(folder).read('sub/x.onnx'))
    expect(message).toContain('leaves the bundle')
  })

  it('may be a link within the folder, and the folder a link itself', async () => {
    await mkdir(join(folder, 'files'))
    await cp(decoder, join(folder, 'files', 'x'))
    await rm(decoder)
    await symlink('files/x', decoder)
    await symlink('bundle', join(root, 'link'))
    for (const location of [folder, join(root, 'link')]) await (await loadVae(location)).release()
  })
})

describe('a file on disk', () => {
  it('of more than 1 MiB is no manifest, unless that is permitted', async () => {
    await appendFile(manifest, ' '.repeat(2 ** 20))
    const size = (await readFile(manifest)).length
    expect(await failure(loadVae(folder))).toBe(
      `file '${manifest}': too large, got ${size} bytes, expected at most 1048576 (see maxBytes)`,
    )
    await (await loadVae(folder, { maxBytes: 2 ** 21 })).release()
  })

  it('of more than a model may have is refused before it is read', async () => {
    await truncate(decoder, 2 ** 30 + 1)
    expect(await failure(loadDecoder(decoder))).toContain('too large, got 1073741825 bytes')
    expect(await failure(loadVae(folder))).toMatch(
      /decoder.onnx' has the wrong size, got 1073741825 bytes, expected \d+$/,
    )
  })

  it('is not read where the signal is aborted, or is none', async () => {
    const signal = AbortSignal.abort(new Error('no more'))
    for (const load of [loadVae(folder, { signal }), loadDecoder(decoder, { signal })]) {
      await expect(load).rejects.toHaveProperty('cause', signal.reason)
    }
    expect(await failure(bundleReader(folder, { signal }).read('anyvae.json'))).toContain('aborted')
    const none: object = { signal: new AbortController() }
    for (const load of [loadVae(folder, none), loadDecoder(decoder, none)]) {
      expect(await failure(load)).toContain('signal: not usable, got AbortController')
    }
  })

  it('ends a load where the signal is aborted meanwhile, and nothing after it', async () => {
    const stopping = new AbortController()
    const loading = loadVae(folder, { signal: stopping.signal })
    stopping.abort(new Error('no more'))
    await expect(loading).rejects.toHaveProperty('cause', stopping.signal.reason)
    const later = new AbortController()
    const vae = await loadVae(folder, { signal: later.signal, lazy: true })
    later.abort()
    expect((await vae.encode(new Uint8Array(24))).shape).toEqual([1, 5])
    await vae.release()
  })

  it('is what it was when it is empty', async () => {
    await writeFile(manifest, '')
    expect(await failure(loadVae(folder))).toContain('anyvae.json: not readable')
  })
})
