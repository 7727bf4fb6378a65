// Command lines are parsed as the command does it, and nothing runs.
import { access } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { CliError, parseCommand } from './index.js'

it('gives command, arguments and flags', async () => {
  const argv = ['sample', 'models/first', '--count', '3', '--out', 'nowhere.png']
  expect(await parseCommand(argv)).toEqual({
    command: 'sample',
    args: ['models/first'],
    flags: expect.objectContaining({ count: 3, out: 'nowhere.png' }) as object,
  })
  await expect(access('nowhere.png')).rejects.toThrow('ENOENT')
  expect(await parseCommand(['train', '--help'])).toEqual({ args: [], flags: {} })
})

it.each([
  [['sample'], /missing required argument/],
  [['sample', 'a', '--count', '0'], /--count/],
  [['smaple', 'a'], /unknown command 'smaple'/],
  [['sample', 'a', '--bogus'], /unknown option/],
])('refuses %j', async (argv, message) => {
  const refused = parseCommand(argv)
  await expect(refused).rejects.toThrow(message)
  await expect(refused).rejects.toBeInstanceOf(CliError)
  await expect(refused).rejects.toMatchObject({ exitCode: 2 })
})

it('says in one line of bounded length what is wrong, whatever was given', async () => {
  const { message } = await refusal('x\n\u001b[31m')
  expect(message).toContain("got 'x\\n\\x1b[31m', expected a whole number")
  const long = await refusal('x'.repeat(1e5))
  expect(long.message).toMatch(/^--count: .*xxx … xxx.*, expected a whole number/)
  expect(long.message).toHaveLength(2000)
})

/** How a count is refused. */
async function refusal(count: string): Promise<Error> {
  const thrown: unknown = await parseCommand(['sample', 'a', '--count', count]).catch(
    (error: unknown) => error,
  )
  if (thrown instanceof Error) return thrown
  throw new Error('accepted')
}
