// `anyvae doctor`: what this machine can compute with, and why not with the rest.
import type { Command } from 'commander'
import { addCommand, withCommonFlags } from '../command.js'
import type { CommonFlags, Outcome } from '../outcome.js'
import type { Context } from '../program.js'

export function addDoctor(program: Command, context: Context): void {
  const command = addCommand(program, 'doctor', {
    description:
      'Tell what this machine can compute with, and how to get the rest. Exit code 1 if not even the cpu works.',
    example: 'anyvae doctor\nanyvae doctor --json',
  })
  withCommonFlags(command).action(async (flags: CommonFlags) => {
    context.settle(await doctor(context), flags)
  })
}

async function doctor({ io }: Context): Promise<Outcome> {
  const { examine } = await import('../doctor/examine.js')
  const { printExamination } = await import('../doctor/print.js')
  const found = await examine({ signal: io.signal })
  const works = found.providers.some((each) => each.provider === 'cpu' && each.works)
  return {
    text: printExamination(found, io.stdout.columns),
    json: { works, ...found },
    exitCode: works ? 0 : 1,
  }
}
