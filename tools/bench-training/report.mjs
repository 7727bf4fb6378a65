// The benchmark's result as tables to read.

const COLUMNS = [
  '',
  'images/s',
  'spread',
  'anyvae is',
  'round by round',
  'of peak',
  'memory',
  'first step',
]

/** One network's table, and what there is to say of it. */
export function networkTable(summary) {
  const { network, title, batchSize, flopsPerStep, peak, peers } = summary
  const line = (cells) => `| ${cells.join(' | ')} |`
  const gflop = (flopsPerStep / 1e9).toFixed(2)
  const shape = peak.shape.join(' x ')
  return [
    `### ${network}: ${title}, batch ${batchSize}`,
    '',
    line(COLUMNS),
    line(COLUMNS.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...peers.map((peer) => line(cellsOf(peer))),
    '',
    `${gflop} GFLOP a step. Peak: ${(peak.flopsPerSecond / 1e9).toFixed(0)} GFLOP/s, ${peak.by}, sgemm of ${shape}.`,
    ...notes(summary),
  ].join('\n')
}

function cellsOf(peer) {
  const { title, variant, ratio, ratios, spread, shareOfPeak, peakBytes, firstStepSeconds } = peer
  const single = new Set(['onnx', 'wasm', 'cpu', 'tensorflow', 'eager', 'compile'])
  const form = variant.replace(/^(eager|compile) /, '')
  return [
    single.has(variant) ? title : `${title}, ${form}`,
    rateText(peer.imagesPerSecond),
    spread === undefined ? 'one run' : `±${percent(spread)}`,
    ratio === undefined ? '' : `${ratioText(ratio)} times as fast`,
    ratios === undefined || ratios.length < 2 ? '' : rangeText(ratios),
    percent(shareOfPeak),
    typeof peakBytes === 'number' ? `${(peakBytes / 2 ** 20).toFixed(0)} MiB` : '',
    `${firstStepSeconds.toFixed(1)} s`,
  ]
}

const ratioText = (ratio) => ratio.toFixed(ratio < 10 ? 2 : 0)

function rangeText(ratios) {
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map(ratioText)
  return least === most ? least : `${least} to ${most}`
}

function rateText(rate) {
  if (rate < 100) return rate.toPrecision(2)
  return Number(rate.toPrecision(3)).toLocaleString('en-US')
}

function percent(share) {
  return share < 0.01 ? `${(share * 100).toFixed(1)} %` : `${(share * 100).toFixed(0)} %`
}

function notes({ peers, leftOut, bestPython }) {
  const lines = []
  if (bestPython?.ratio !== undefined) {
    lines.push(
      `Against the best of the Python peers (${bestPython.title}): ${bestPython.ratio.toFixed(2)} times.`,
    )
  }
  for (const { title, trials, failed } of peers) {
    if (trials.length + failed.length < 2) continue
    const tried = trials.map((each) => `${each.variant} ${rateText(each.imagesPerSecond)}`)
    const not = failed.map(({ variant, reason }) => `${variant} failed (${reason})`)
    lines.push(`${title}, tried: ${[...tried, ...not].join(', ')} images/s.`)
  }
  for (const { title, reason } of leftOut) lines.push(`${title}: ${reason}.`)
  const compared = peers.filter((peer) => peer.sameWork !== undefined)
  const other = compared.filter((peer) => !peer.sameWork)
  for (const { title, lossesCompared: losses } of other) {
    lines.push(
      `NOT THE SAME WORK: ${title}'s loss after ${losses.steps} steps is ${losses.its.toFixed(1)}, anyvae's ${losses.ours.toFixed(1)}.`,
    )
  }
  if (compared.length > 0 && other.length === 0) {
    const most = Math.max(...compared.map((peer) => Math.abs(peer.lossDifference)))
    lines.push(`The same work: losses from the same start agree within ${percent(most)}.`)
  }
  return lines.map((line) => `- ${line}`)
}

/** What was measured on, and how. */
export function footing({ machine, threads, rounds, seconds, versions }) {
  const memory = `${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB`
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `${machine.cpu}, ${machine.processors} processors, ${memory}, ${machine.system}; ${threads} ${threads === 1 ? 'thread' : 'threads'}.`,
    `${list.join(', ')}.`,
    `Median of ${rounds} interleaved rounds of ${seconds} s each; spread: half of fastest less slowest. Round by round: the least and the most of the ratios within one round; a machine that slows all down changes them little.`,
    'Memory: the most resident, images included. First step: from the start of the process, compiling included.',
  ].join('\n')
}
