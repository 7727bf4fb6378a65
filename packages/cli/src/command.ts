// What the commands have in common: how one is added, and the flags that several of them share.
import { Option, type Command } from 'commander'
import { choice, whole } from './flags.js'
import type { CommonFlags } from './outcome.js'

/** Execution providers of ONNX Runtime in Node. */
export const PROVIDERS = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const
export type ProviderFlag = (typeof PROVIDERS)[number]

/** Flags of the commands that compute with ONNX Runtime. */
export interface SessionFlags extends CommonFlags {
  readonly provider?: ProviderFlag
  readonly threads?: number
}

/** The flags as a runtime takes them. */
export function sessionOptions({ provider, threads }: SessionFlags) {
  return { ...(provider && { provider }), ...(threads && { threads }) }
}

/** A subcommand with its name, what it does, and an example in its help. */
export function addCommand(
  program: Command,
  usage: string,
  { description, example }: { readonly description: string; readonly example: string },
): Command {
  return program
    .command(usage)
    .description(description)
    .addHelpText('after', `\nExample:\n${indent(example)}`)
}

/** Adds the flags of every command. Called last, so that they stand last in the help. */
export function withCommonFlags(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print exactly one JSON object on stdout'))
    .addOption(new Option('--verbose', 'print stacks of errors'))
}

/** Adds the flags of commands that compute with ONNX Runtime. */
export function withSessionFlags(command: Command): Command {
  return command
    .addOption(
      choice('--provider <name>', 'ONNX Runtime execution provider (default: cpu)', PROVIDERS),
    )
    .addOption(whole('--threads <n>', 'threads within an operator (default: all)', 1))
}

function indent(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `  $ ${line}`)
    .join('\n')
}
