// From samples to figures: medians, spreads, ratios, shares of the peak.
import { median } from '../median.mjs'

/**
 * Between peers' losses after the same steps. Other batches and other noise make 4 % of it in the first
 * twenty steps, in which a loss halves, and 1 % after a hundred; Adam's step wrong by a factor, 14 %.
 */
const SAME_LOSS = 0.06

const PYTHON = ['torch', 'torch-compile', 'jax']

/** A network's measurements with all figures that the table shows. */
export function summarize({ name, title, batchSize, flops }, { peers, leftOut, rates }) {
  const best = rates.flatMap(({ title, samples }) => samples.map((each) => ({ title, ...each })))
  const peak = best.reduce((most, each) => (each.rate > most.rate ? each : most))
  const measured = peers.map((peer) => figuresOf(peer, { flops: flops / batchSize, peak }))
  const ours = measured.find(({ peer }) => peer === 'ours')
  const rows = measured.map((row) => ({
    ...row,
    ...(ours && row !== ours && comparison(ours, row)),
  }))
  return {
    network: name,
    title,
    batchSize,
    flopsPerStep: flops,
    peak: { flopsPerSecond: peak.rate, shape: peak.shape, by: peak.title },
    gemm: rates,
    peers: rows,
    leftOut,
    bestPython: bestPython(rows),
  }
}

const ratesOf = ({ samples }) => samples.map(({ images, seconds }) => images / seconds)

function figuresOf(peer, { flops, peak }) {
  const samples = ratesOf(peer)
  const imagesPerSecond = median(samples)
  const spread = (Math.max(...samples) - Math.min(...samples)) / (2 * imagesPerSecond)
  return {
    ...peer,
    imagesPerSecond,
    spread: samples.length > 1 ? spread : undefined,
    shareOfPeak: (imagesPerSecond * flops) / peak.rate,
  }
}

function comparison(ours, row) {
  const steps = Math.min(ours.losses.length, row.losses.length)
  const [own, its] = [ours, row].map(({ losses }) => lateMean(losses, steps))
  const lossDifference = its / own - 1
  return {
    ratio: ours.imagesPerSecond / row.imagesPerSecond,
    ratios: ratiosOf(ours, row),
    lossesCompared: { steps, ours: own, its },
    lossDifference,
    sameWork: Math.abs(lossDifference) <= SAME_LOSS,
  }
}

/** Round by round, as far as both were measured: a peer that takes too long is measured once. */
function ratiosOf(ours, row) {
  const [own, its] = [ours, row].map(ratesOf)
  return its.slice(0, own.length).map((rate, round) => own[round] / rate)
}

/** The mean over the second half of so many steps. */
function lateMean(losses, steps) {
  const late = losses.slice(Math.floor(steps / 2), steps)
  return late.reduce((sum, loss) => sum + loss, 0) / late.length
}

function bestPython(rows) {
  const python = rows.filter(({ peer }) => PYTHON.includes(peer))
  if (python.length === 0) return undefined
  const best = python.reduce((a, b) => (b.imagesPerSecond > a.imagesPerSecond ? b : a))
  return { peer: best.peer, title: best.title, ratio: best.ratio }
}
