// `anyvae verify`: checksums, structure, shapes, and the test vectors through a runtime.
import type { Command } from 'commander'
import type { FileVerification, Verification } from '@anyvae/bundle'
import {
  addCommand,
  sessionOptions,
  withCommonFlags,
  withSessionFlags,
  type SessionFlags,
} from '../command.js'
import { untilStopped } from '../io.js'
import { checkBundleLocation } from '../location.js'
import type { Outcome } from '../outcome.js'
import type { Context } from '../program.js'
import { bytes } from '../ui/format.js'
import { table } from '../ui/table.js'

export function addVerify(program: Command, context: Context): void {
  const command = addCommand(program, 'verify', {
    description:
      'Check a bundle: checksums, structure, shapes, test vectors. Exit code 1 if it fails.',
    example: 'anyvae verify models/first',
  }).argument('<bundle>', 'folder or URL')
  withCommonFlags(withSessionFlags(command)).action(
    async (location: string, flags: SessionFlags) => {
      const verification = await untilStopped(context.io.signal, verify(location, flags))
      context.settle(describe(location, verification), flags)
    },
  )
}

async function verify(location: string, flags: SessionFlags): Promise<Verification> {
  await checkBundleLocation(location)
  const { verifyBundle } = await import('@anyvae/bundle')
  const { bundleReader, nodeBackend } = await import('@anyvae/runtime-node')
  return verifyBundle(bundleReader(location), nodeBackend, sessionOptions(flags))
}

const COLUMNS = [
  { heading: 'file' },
  { heading: 'precision' },
  { heading: 'size', right: true },
  { heading: 'output' },
  { heading: 'difference', right: true },
  { heading: 'tolerance', right: true },
  { heading: 'result' },
]

function describe(location: string, verification: Verification): Outcome {
  const { ok, name, files, problems } = verification
  const text = [
    table(COLUMNS, files.flatMap(rowsOf)),
    ...problems.map((problem) => `problem: ${problem}`),
    ok ? `${name}: verified` : `${name}: failed`,
  ]
  return { text, json: { bundle: location, ...verification }, exitCode: ok ? 0 : 1 }
}

/** A row for each output, or one for a file that was not run; what is the file's stands in the first. */
function rowsOf({ file, precision, outputs, ok, ...facts }: FileVerification): string[][] {
  const about = [file, precision, bytes(facts.bytes)]
  const result = (passed: boolean) => (passed ? 'ok' : 'failed')
  if (outputs.length === 0) return [[...about, '', 'not run', '', result(ok)]]
  return outputs.map(({ output, difference, tolerance, ...facts }, i) => [
    ...(i === 0 ? about : ['', '', '']),
    output,
    difference.toExponential(2),
    String(tolerance ?? 'none'),
    result(facts.ok),
  ])
}
