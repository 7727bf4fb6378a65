// Command lines, parsed and not run.
import { CliError, parseCommand } from 'anyvae'
import { NUMERALS, TEXTS } from '../mutators/edges.js'
import { mutateList, textsIn } from '../mutators/lists.js'
import { changeText } from '../mutators/text.js'
import { ensure, jsonBytes, type Target } from '../target.js'

const SEEDS = [
  'train --data glyphs --arch conv --filters 16,32 --kl-warmup 3 --schedule cosine,warmup=1 --seed 7 --out run',
  'train --resume run --threads 2 --session {"enableCpuMemArena":false}',
  'export run --out bundle --name first',
  'verify bundle --provider cpu --json',
  'eval bundle --data mnist --limit 100',
  'encode bundle a.png b.png --out latents.csv',
  'sample bundle --count 64 --seed 1 --temperature 0.5 --out samples.png',
  'reconstruct bundle --data glyphs --split test --out r.png',
  'interpolate bundle --from a.png --to seed:2 --steps 8 --out i.png',
  'manifold bundle --axes 0,1 --size 12 --out m.png',
  'data mnist --json',
  'convert model.json --out model.onnx --input ids=batch,64 --symbolic height:32 --precision fp16',
  'doctor --verbose',
]

/** Words that a command line is made of, and such as are none of its own. */
const WORDS = [
  ...TEXTS,
  ...NUMERALS,
  ...new Set(SEEDS.join(' ').split(' ')),
  '--',
  '-',
  '---',
  '--out=',
  '--out=x.png',
  '--seed=-1',
  '--no-verify',
  '--help',
  '-h',
  '-V',
  '--__proto__',
  '--constructor=1',
  '--count=1e3',
  '--json',
]

/** A command line is one of a known command, or asks for help; numbers among its flags are numbers. */
export const commandLine: Target = {
  seeds: () => SEEDS.map((line) => jsonBytes(line.split(' '))),
  mutate: mutateList(WORDS, changeText),
  errors: [CliError],
  async parse(input) {
    const argv = textsIn(input)
    if (argv === undefined) throw new CliError('fuzz: no list of texts, got another input')
    const { command, flags } = await parseCommand(argv)
    ensure(command === undefined || argv.includes(command), `runs ${String(command)}`)
    const isWrong = (value: unknown) => typeof value === 'number' && !Number.isFinite(value)
    ensure(!Object.values(flags).flat().some(isWrong), `flags ${JSON.stringify(flags)}`)
  },
}
