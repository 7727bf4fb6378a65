// The model card of a bundle: Markdown with the front matter that Hugging Face reads.
import { bitsNote, bitsPerDimension } from '@anyvae/trainer'
import type { Manifest, ManifestFile, QualitySummary } from '@anyvae/runtime'
import { useSection } from './snippets.js'
import { fileWarnings, SHARED_DOUBT } from './warnings.js'

/** README.md of a bundle, with doubts about its lighter files beside those that the manifest shows. */
export function modelCard(manifest: Manifest, doubts: readonly string[] = []): string {
  return [
    frontMatter(manifest),
    about(manifest),
    useSection(manifest),
    files(manifest),
    ...variants(manifest, doubts),
    facts(manifest),
  ].join('\n')
}

function frontMatter({ license, training }: Manifest): string {
  const data = training?.data
  return [
    '---',
    `license: ${license.toLowerCase()}`,
    'library_name: onnx',
    'pipeline_tag: unconditional-image-generation',
    ...(data === 'mnist' || data === 'fashion-mnist' ? ['datasets:', `  - ${data}`] : []),
    'tags:',
    '  - onnx',
    '  - vae',
    '  - variational-autoencoder',
    '  - anyvae',
    '---',
    '',
  ].join('\n')
}

function about(manifest: Manifest): string {
  const { channels, height, width } = manifest.image
  const { name, ...settings } = manifest.architecture
  return `# ${manifest.name}

A variational autoencoder with ${manifest.latentSize} latents for images of ${channels} x ${height} x ${width} (channels, height,
width), in two ONNX graphs: an encoder and a decoder. Made with anyvae ${manifest.producer.version}.

![Samples](samples.png)

Architecture \`${name}\` (${describe(settings)}), ${manifest.likelihood} likelihood, opset ${manifest.opset}, IR version ${manifest.irVersion}.
`
}

function describe(settings: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(settings).map(([key, value]) => `${key} ${JSON.stringify(value)}`)
  return parts.join(', ') || 'default settings'
}

function files({ files }: Manifest): string {
  const rows = Object.entries(files).map(
    ([path, file]) =>
      `| ${path} | ${file.precision} | ${file.bytes.toLocaleString('en')} | ${tolerancesIn(file)} | \`${file.sha256.slice(0, 16)}…\` |`,
  )
  return [
    '## Files',
    '',
    '| file | precision | bytes | tolerance | SHA-256 |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'A tolerance is how far that output may be from the test vectors: the root mean square of the',
    "difference, relative to that of the vectors' values.",
    '',
  ].join('\n')
}

function tolerancesIn({ tolerances = {}, tolerance }: ManifestFile): string {
  const each = Object.entries(tolerances).map(([output, value]) => `${output} ${value}`)
  return each.length === 0 ? String(tolerance) : each.join(', ')
}

/** A section on lighter files, where there are any, with what each costs. */
function variants({ files }: Manifest, doubts: readonly string[]): string[] {
  const rows = Object.entries(files).flatMap(([path, file]) => {
    const { damage, bytes, role } = file
    const whole = Object.values(files).find(
      (other) => other.role === role && other.precision === 'float32',
    )
    if (damage === undefined || whole === undefined) return []
    const { psnr, negativeElbo, meanShift } = damage
    const cells = [
      path,
      bytes.toLocaleString('en'),
      (bytes / whole.bytes).toFixed(3),
      psnr === undefined ? 'equal' : `${psnr.toFixed(1)} dB`,
      signed(negativeElbo),
      meanShift?.toFixed(4) ?? '',
    ]
    return [`| ${cells.join(' | ')} |`]
  })
  if (rows.length === 0) return []
  return [
    `## Lighter variants

| file | bytes | ratio | PSNR | change of negative ELBO, nats | shift of mean |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

${measuredOn(files)} Each file alone in the place of its float32 one: PSNR of the
reconstructions against those of float32, for a peak of 1; the negative ELBO per image, above 0 is
worse; the root mean square of the change of \`mean\`, in standard deviations of the posterior. Inputs
and outputs are float32 in all files. In use: \`loadVae('.', { precision: 'int8' })\`, or \`'float16'\`.
${calibratedOn(files)}${doubtful([...doubts, ...fileWarnings({ files })])}`,
  ]
}

/** A difference with its sign, in three decimals; none is `0.000`. */
function signed(value: number): string {
  const text = value.toFixed(3)
  if (Number(text) === 0) return '0.000'
  return value > 0 ? `+${text}` : text
}

function measuredOn(files: Manifest['files']): string {
  const measured = Object.values(files).flatMap(({ damage }) =>
    damage ? `${damage.images.toLocaleString('en')} images of ${damage.data}` : [],
  )
  return `Measured on ${[...new Set(measured)].join(' and ')}.`
}

function calibratedOn(files: Manifest['files']): string {
  const calibrated = Object.values(files).flatMap(({ calibration }) =>
    calibration ? `${calibration.images.toLocaleString('en')} images of ${calibration.data}` : [],
  )
  if (calibrated.length === 0) return ''
  return `
int8 is static, in QDQ format: weights in int8 with a scale for each channel, activations in uint8,
their ranges calibrated on ${[...new Set(calibrated)].join(' and ')}.
`
}

/** The doubts of a card that its manifest does not show, to be kept where it is written anew. */
export function doubtsIn(card: string): string[] {
  return card
    .split('\n')
    .flatMap((line) => (line.startsWith(`- ${SHARED_DOUBT}`) ? [line.slice(2)] : []))
}

/** What is doubtful, as a list; nothing where nothing is. */
function doubtful(warnings: readonly string[]): string {
  if (warnings.length === 0) return ''
  return `\nDoubtful:\n\n${warnings.map((each) => `- ${each}\n`).join('')}`
}

function facts(manifest: Manifest): string {
  const { training = {}, quality = {} } = manifest
  const { command, ...rest } = training
  const measured = [
    '## Measured quality',
    '',
    table(figures(quality)),
    ...protocol(quality),
    ...bits(manifest),
  ]
  const lines = [...measured, '## Training', '', table(rest)]
  return [
    ...lines,
    ...(command === undefined ? [] : ['Made by:', '', '```sh', command, '```', '']),
  ].join('\n')
}

/** The mean with its deviation in one cell. */
function figures({ standardDeviation, ...quality }: QualitySummary): QualitySummary {
  const { negativeElbo } = quality
  if (standardDeviation === undefined || negativeElbo === undefined) return quality
  const cell = `${negativeElbo.toFixed(2)} ± ${standardDeviation.toFixed(2)} nats per image`
  // The type has a number there: the table takes anything.
  return Object.fromEntries(
    Object.entries(quality).map(([key, value]) => [key, key === 'negativeElbo' ? cell : value]),
  )
}

function protocol({ draws, seed }: QualitySummary): string[] {
  if (draws === undefined) return []
  const seeds = typeof seed === 'number' ? ` (seeds ${seed} to ${seed + draws - 1})` : ''
  const several = `Figures are means over ${draws} draws of the posterior samples${seeds}; ± is the standard deviation of one draw.`
  const one = 'One draw of the posterior samples: another one gives slightly other figures.'
  return [draws === 1 ? one : several, '']
}

/** The figure on the scale that images of all sizes share. */
function bits({ quality, image, likelihood }: Manifest): string[] {
  if (quality?.negativeElbo === undefined) return []
  const value = bitsPerDimension(quality.negativeElbo, image).toFixed(3)
  return [`In bits per dimension the negative ELBO is ${value}: ${bitsNote(likelihood)}.`, '']
}

const UNITS = new Set(['negativeElbo', 'reconstruction', 'kl'])

function table(record: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(record).map(
    ([key, value]) => `| ${words(key)} | ${cell(key, value)} |`,
  )
  return ['| | |', '| --- | --- |', ...rows, ''].join('\n')
}

/** `negativeElbo` as `negative ELBO`. */
function words(key: string): string {
  const spaced = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return spaced.replace(/\belbo\b/, 'ELBO').replace(/\bkl\b/, 'KL')
}

function cell(key: string, value: unknown): string {
  if (typeof value === 'number') {
    return UNITS.has(key) ? `${value.toFixed(2)} nats per image` : String(value)
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, each]) => `${name} ${String(each)}`)
      .join(', ')
  }
  return String(value)
}
