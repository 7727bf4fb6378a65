// Hints call the program as the user's shell finds it.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { calledAs } from './shell.js'

let base: string
let installed: string
let project: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-shell-'))
  installed = join(base, 'bin')
  project = join(base, 'node_modules', '.bin')
  for (const folder of [installed, project]) {
    const name = join(folder, process.platform === 'win32' ? 'anyvae.cmd' : 'anyvae')
    await mkdir(folder, { recursive: true })
    await writeFile(name, '')
    await chmod(name, 0o755)
  }
})
afterAll(() => rm(base, { recursive: true }))

const path = (...folders: string[]) => ({ PATH: folders.join(delimiter) })

describe('calledAs', () => {
  it('is anyvae where PATH has it', () => {
    expect(calledAs(path('/none', installed))).toBe('anyvae')
  })

  it('is npx anyvae where npx runs it, be it installed or not', () => {
    expect(calledAs({ ...path(project, installed), npm_command: 'exec' })).toBe('npx anyvae')
    expect(calledAs({ ...path(project), npm_command: 'exec' })).toBe('npx anyvae')
  })

  it('is npx anyvae where only a project has it: in a script of npm, or started by its path', () => {
    expect(calledAs({ ...path(project), npm_command: 'run-script' })).toBe('npx anyvae')
    expect(calledAs(path('/none'))).toBe('npx anyvae')
    expect(calledAs({})).toBe('npx anyvae')
  })
})
