// The plot of bench:scaling: two panels over the number of images, drawn as SVG.

const WIDTH = 960
const HEIGHT = 440
const PANEL = { top: 96, height: 258, width: 372, gap: 92, left: 64 }
const INK = '#24292f'
const FAINT = '#6e7781'
const GRID = '#e4e7eb'
const MODES = {
  memory: { colour: '#1f6feb', name: 'in memory', mark: 'circle' },
  stream: { colour: '#d1570b', name: '--stream', mark: 'square' },
}

/** An SVG picture of the rows' time and memory. */
export function plot(rows, machine) {
  const panels = [
    panelOf(rows, 0, {
      title: 'Time per image, µs',
      value: ({ microseconds }) => microseconds,
    }),
    panelOf(rows, 1, {
      title: 'Highest memory beyond the images, MB',
      value: ({ beyondBytes }) => beyondBytes / 1e6,
    }),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${label('How cost grows with the number of images', { x: PANEL.left, y: 34, size: 19, weight: 600 })}
${legend()}
${panels.join('\n')}
${label(`mlp (784-400-20), batch 128; ${machine}`, { x: PANEL.left, y: HEIGHT - 14, size: 11, fill: FAINT })}
</svg>
`
}

/** The bytes of a PNG file, twice as fine as the picture's own units. */
export async function rasterised(svg) {
  const { default: sharp } = await import('sharp')
  return sharp(Buffer.from(svg), { density: 144 }).png().toBuffer()
}

function panelOf(rows, place, { title, value }) {
  const left = PANEL.left + place * (PANEL.width + PANEL.gap)
  const bottom = PANEL.top + PANEL.height
  const xs = horizontal(rows, left)
  const ticks = ticksTo(Math.max(...rows.map(value)) * 1.1)
  const highest = ticks.at(-1)
  const y = (amount) => bottom - (Math.max(0, amount) / highest) * PANEL.height
  const grid = ticks.map(
    (tick) =>
      `<line x1="${left}" x2="${left + PANEL.width}" y1="${y(tick)}" y2="${y(tick)}" stroke="${tick === 0 ? FAINT : GRID}"/>` +
      label(tick.toLocaleString('en'), { x: left - 8, y: y(tick) + 4, anchor: 'end', fill: FAINT }),
  )
  const counts = [...new Set(rows.map(({ images }) => images))].map(
    (images) =>
      `<line x1="${xs(images)}" x2="${xs(images)}" y1="${bottom}" y2="${bottom + 5}" stroke="${FAINT}"/>` +
      label(images.toLocaleString('en'), {
        x: xs(images),
        y: bottom + 20,
        anchor: 'middle',
        fill: FAINT,
      }),
  )
  const lines = Object.keys(MODES).map((mode) => {
    const points = rows
      .filter((row) => row.mode === mode)
      .map((row) => [xs(row.images), y(value(row))])
    return lineOf(points, MODES[mode])
  })
  return [
    label(title, { x: left, y: PANEL.top - 16, size: 13, weight: 600 }),
    ...grid,
    ...counts,
    label('images', { x: left + PANEL.width / 2, y: bottom + 40, anchor: 'middle', fill: FAINT }),
    ...lines,
  ].join('\n')
}

/** Where numbers of images stand, by their logarithm, with room at both ends. */
function horizontal(rows, left) {
  const logs = rows.map(({ images }) => Math.log10(images))
  const [least, most] = [Math.min(...logs), Math.max(...logs)]
  const margin = 26
  const scale = (PANEL.width - 2 * margin) / Math.max(most - least, 1e-9)
  return (images) => left + margin + (Math.log10(images) - least) * scale
}

/** Round numbers from 0 to what is at least the highest, about five of them. */
function ticksTo(highest) {
  const rough = highest / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough)
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, i) =>
    Number((i * step).toPrecision(6)),
  )
}

function lineOf(points, { colour, mark }) {
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  const marks = points.map(([x, y]) => markOf(mark, { x, y, colour }))
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2.5" stroke-linejoin="round"/>${marks.join('')}`
}

function markOf(mark, { x, y, colour }) {
  const paint = `fill="${colour}" stroke="#ffffff" stroke-width="1.5"`
  if (mark === 'circle') return `<circle cx="${x}" cy="${y}" r="5.5" ${paint}/>`
  return `<rect x="${x - 5}" y="${y - 5}" width="10" height="10" ${paint}/>`
}

function legend() {
  const right = PANEL.left + 2 * PANEL.width + PANEL.gap
  return Object.values(MODES)
    .map(({ colour, name, mark }, i) => {
      const x = right - 200 + i * 112
      const line = `<line x1="${x}" x2="${x + 26}" y1="29" y2="29" stroke="${colour}" stroke-width="2.5"/>`
      return line + markOf(mark, { x: x + 13, y: 29, colour }) + label(name, { x: x + 33, y: 33 })
    })
    .join('\n')
}

function label(text, { x, y, size = 12, weight = 400, fill = INK, anchor = 'start' }) {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escaped}</text>`
}
