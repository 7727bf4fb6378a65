// The page of the benchmark: makes peers and measures them when it is asked to.
import { anyvae } from './anyvae.mjs'
import { jaxJs } from './jax-js.mjs'
import { createTask } from './task.mjs'
import { tfjsWasm } from './tfjs.mjs'

const PEERS = { anyvae, tfjs: tfjsWasm, 'jax-js': jaxJs }

/** Losses of so many first steps are kept, as proof of the work. */
const KEPT = 40

const peers = new Map()

/** Makes a peer and takes its first steps. */
async function prepare(name, options) {
  const peer = await PEERS[name](createTask(), options)
  peers.set(name, peer)
  const losses = []
  while (losses.length < KEPT) losses.push(...(await peer.run()))
  const { title, threads } = peer
  return { title, threads, losses: losses.slice(0, KEPT) }
}

/** Milliseconds a step, over about so many seconds. */
async function measure(name, seconds) {
  const peer = peers.get(name)
  const begun = performance.now()
  let steps = 0
  while (performance.now() - begun < seconds * 1000) steps += (await peer.run()).length
  return (performance.now() - begun) / steps
}

globalThis.bench = { prepare, measure, isolated: globalThis.crossOriginIsolated }
