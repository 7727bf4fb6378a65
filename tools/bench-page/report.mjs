// From samples to medians, spreads and ratios, and a table of them.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { median } from '../median.mjs'

/** Between losses after the same steps from the same start: what rounding may do to them. */
const SAME_LOSS = 0.01

const PACKAGES = {
  anyvae: 'onnxruntime-web',
  tfjs: '@tensorflow/tfjs-backend-wasm',
  'jax-js': '@jax-js/jax',
}

/** The measurements with all figures that the table shows. */
export function summarize({ peers, ...rest }) {
  const rows = peers.map((peer) => {
    const milliseconds = median(peer.samples)
    const fastest = Math.min(...peer.samples)
    const spread = (Math.max(...peer.samples) - fastest) / (2 * milliseconds)
    return { ...peer, milliseconds, fastest, spread, version: versionOf(PACKAGES[peer.name]) }
  })
  const [ours] = rows
  return {
    ...rest,
    peers: rows.map((row) => ({
      ...row,
      ratio: row.milliseconds / ours.milliseconds,
      lossDifference: row.losses.at(-1) / ours.losses.at(-1) - 1,
      sameWork: Math.abs(row.losses.at(-1) / ours.losses.at(-1) - 1) <= SAME_LOSS,
    })),
  }
}

/** Not every package's exports name its package.json. */
function versionOf(name) {
  for (const folder of createRequire(import.meta.url).resolve.paths(name)) {
    try {
      return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  return 'unknown'
}

/** The result to read. */
export function report({ peers, browser, machine, isolated, rounds, seconds, tfjsTrials }) {
  const lines = peers.map(({ title, threads, milliseconds, fastest, spread, ratio }, i) => {
    const share = `±${(spread * 100).toFixed(0)} %`
    const times = i === 0 ? '' : `${ratio.toFixed(1)} times as fast`
    return `| ${title} | ${threads} | ${milliseconds.toFixed(1)} | ${fastest.toFixed(1)} | ${share} | ${times} |`
  })
  const versions = peers.map(({ name, version }) => `${PACKAGES[name]} ${version}`)
  const trials = tfjsTrials.map((each) => `${each.threads}: ${each.milliseconds.toFixed(0)} ms`)
  const other = peers.filter(({ sameWork }) => !sameWork)
  return [
    '### A training step of the 784-400-20 MLP in a page, batch 128, Adam',
    '',
    '| | threads | ms a step | fastest | spread | anyvae is |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
    '',
    `${browser} without a window, ${isolated ? 'cross-origin isolated' : 'not isolated, so on one thread'}; ${machine.cpu}, ${machine.processors} processors.`,
    `${versions.join(', ')}.`,
    `Median of ${rounds} interleaved rounds of ${seconds} s each in one page; spread: half of slowest less fastest.`,
    `TensorFlow.js, tried with threads: ${trials.join(', ')}.`,
    ...(other.length === 0
      ? ['The same work: losses after the same steps from the same start agree.']
      : other.map(({ title }) => `NOT THE SAME WORK: ${title}'s losses are others.`)),
  ].join('\n')
}
