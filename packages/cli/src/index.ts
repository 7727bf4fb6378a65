// The public names of anyvae: the command as a function.
export { CliError } from './error.js'
export type { OutputStream, Streams } from './io.js'
export { main } from './main.js'
export { parseCommand, type ParsedCommand } from './parse.js'
