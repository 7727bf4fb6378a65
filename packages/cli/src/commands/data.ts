// `anyvae data`: what a source of images holds.
import type { Command } from 'commander'
import type { ImageSet } from '@anyvae/images'
import { addCommand, withCommonFlags } from '../command.js'
import type { CommonFlags, Outcome, Printed } from '../outcome.js'
import { outFlag } from '../outflag.js'
import type { Context } from '../program.js'
import { loadSource, SOURCES, withSourceFlags, type SourceFlags } from '../source.js'
import { count } from '../ui/format.js'
import { table } from '../ui/table.js'

interface DataFlags extends CommonFlags, SourceFlags {
  readonly out?: string
}

export function addData(program: Command, context: Context): void {
  const command = addCommand(program, 'data', {
    description: 'Tell what a source of images holds: counts, shape, labels, a preview.',
    example: 'anyvae data glyphs --out preview.png',
  })
    .argument('<source>', SOURCES)
    .addOption(outFlag('a preview of the training images', ['.png']))
  withCommonFlags(withSourceFlags(command)).action(async (source: string, flags: DataFlags) => {
    context.settle(await describeSource(source, flags, context), flags)
  })
}

async function describeSource(source: string, flags: DataFlags, { io }: Context): Promise<Outcome> {
  const { describeShape } = await import('@anyvae/images')
  const { train, test } = await loadSource(source, { ...flags, io })
  if (flags.out !== undefined) await writePreview(flags.out, train)
  const splits = { train: describeSet(train), test: describeSet(test) }
  const text = [
    `${source}: ${describeShape(train.shape)}, ${count(train.count)} training and ${count(test.count)} test images`,
    ...histogram(splits),
    ...(flags.out === undefined ? [] : [`wrote a preview to ${flags.out}`]),
  ]
  const { shape } = train
  return { text, json: { source, shape, ...splits, ...(flags.out && { out: flags.out }) } }
}

async function writePreview(out: string, set: ImageSet): Promise<void> {
  const { writeOutput } = await import('../output.js')
  const { encodePng } = await import('@anyvae/images')
  const { preview } = await import('../preview.js')
  await writeOutput(out, encodePng(preview(set)))
}

interface Described {
  readonly count: number
  /** Images of each class. */
  readonly labels?: Readonly<Record<string, number>>
}

function describeSet({ count, labels, classNames }: ImageSet): Described {
  if (labels === undefined) return { count }
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const sorted = [...counts].sort(([a], [b]) => a - b)
  const named = sorted.map(([label, images]) => [classNames?.[label] ?? String(label), images])
  return { count, labels: Object.fromEntries(named) as Record<string, number> }
}

/** Columns of a histogram's longest bar. */
const BAR = 40

/** A line for each class, with a bar for its training images. */
function histogram({ train, test }: { train: Described; test: Described }): Printed[] {
  if (train.labels === undefined) return ['no labels']
  const names = Object.keys({ ...train.labels, ...test.labels })
  const largest = Math.max(...Object.values(train.labels))
  const rows = names.map((name) => {
    const [of, held] = [train.labels?.[name] ?? 0, test.labels?.[name] ?? 0]
    return [name, count(of), count(held), '#'.repeat(Math.round((BAR * of) / largest))]
  })
  const columns = [
    { heading: 'label' },
    { heading: 'training', right: true },
    { heading: 'test', right: true },
    { heading: '' },
  ]
  return [table(columns, rows)]
}
