// A real file system of a few megabytes, for tests of what happens when it is full. Linux and root only.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/**
 * Mounts an empty file system of so many kilobytes in a new folder and unmounts it after the tests of
 * the file that asks for it; undefined where this user cannot.
 */
export function mountSmallDisk(kilobytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'anyvae-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', sizeOption(kilobytes), 'tmpfs', folder], QUIET)
  } catch {
    rmdirSync(folder)
    return undefined
  }
  afterAll(() => {
    execFileSync('umount', [folder], QUIET)
    rmdirSync(folder)
  })
  return folder
}

/** Gives a mounted file system another size. */
export function resizeDisk(folder: string, kilobytes: number): void {
  execFileSync('mount', ['-o', `remount,${sizeOption(kilobytes)}`, folder], QUIET)
}

/** How much of a file system is in use. */
export async function usedKilobytes(folder: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(folder)
  return ((blocks - bfree) * bsize) / 1024
}

const QUIET = { stdio: 'ignore' } as const

function sizeOption(kilobytes: number): string {
  return `size=${kilobytes}k`
}
