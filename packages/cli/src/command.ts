// What the commands have in common: how one is added, and the flags that several of them share.
import { Option, type Command } from 'commander'
import { choice, parsed, whole } from './flags.js'
import { refuseUsage } from './error.js'
import type { CommonFlags } from './outcome.js'
import { addExamples } from './ui/help.js'

/** Execution providers of ONNX Runtime in Node. */
export const PROVIDERS = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const
export type ProviderFlag = (typeof PROVIDERS)[number]

/** Flags of the commands that compute with ONNX Runtime. */
export interface SessionFlags extends CommonFlags {
  readonly provider?: ProviderFlag
  readonly threads?: number
  /** Further session options of onnxruntime. */
  readonly session?: Readonly<Record<string, unknown>>
}

/** The flags as a runtime takes them. */
export function sessionOptions({ provider, threads, session }: SessionFlags) {
  return {
    ...(provider && { provider }),
    ...(threads && { threads }),
    ...(session && { session }),
  }
}

/** The flag `--session`, whose text is a JSON object. */
export function sessionFlag(description: string): Option {
  return parsed('--session <json>', description, parseSession)
}

function parseSession(what: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // No JSON at all is refused as an array is.
  }
  return refuseUsage(
    `${what}: no JSON object, got '${text}', expected session options of onnxruntime, such as {"enableCpuMemArena":false}`,
  )
}

/** A subcommand with its name, what it does, and an example in its help. */
export function addCommand(
  program: Command,
  usage: string,
  { description, example }: { readonly description: string; readonly example: string },
): Command {
  const command = program.command(usage).description(description)
  addExamples(command, example)
  return command
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
    .addOption(sessionFlag('further session options of onnxruntime'))
}
