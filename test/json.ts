// What commands print with --json: exactly one JSON object, and nothing but progress beside it.
import { expect } from 'vitest'
import { anyvae } from './command.js'
import { complaintOf } from './complaint.js'

/** Runs a command with --json, which must succeed and print one object in one line. */
export async function json(folder: string, args: string): Promise<Record<string, unknown>> {
  const ran = await anyvae(folder, `${args} --json`)
  expect([ran.exitCode, complaintOf(ran)], args).toEqual([0, []])
  expect(ran.stdout, args).toMatch(/^\{.*\}\n$/)
  return JSON.parse(ran.stdout) as Record<string, unknown>
}
