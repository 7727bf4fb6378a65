// Measures one network: the fastest form of each peer is found, then all take turns.
import { startChild } from './child.mjs'
import { fastestForm, quiet } from './forms.mjs'
import { commandOf, PEERS } from './peers.mjs'

/** A measurement that takes so many times what was asked for is not repeated. */
const TOO_SLOW = 10

const GEMM_SECONDS = 0.5

/**
 * The measurements of one network.
 *
 * @param network as in NETWORKS, with its `task`
 * @param setting peers' names, rounds, seconds, threads, python, tfjsNode, folder, log
 * @returns peers that were measured, those left out with the reason, and the rates of matrix products
 */
export async function measureNetwork(network, setting) {
  const peers = []
  const leftOut = []
  const gemms = await startGemms(network, setting)
  try {
    for (const name of setting.peers) {
      try {
        peers.push(await fastestForm(name, network, setting))
      } catch (error) {
        setting.log(`${network.name}: ${PEERS[name].title} is left out: ${error.message}`)
        leftOut.push({ peer: name, title: PEERS[name].title, reason: error.message })
      }
    }
    const rates = await takeTurns(network, { ...setting, children: peers, gemms })
    const ended = []
    for (const { child, ...peer } of peers) ended.push({ ...peer, ...(await child.end()) })
    return { peers: ended, leftOut, rates }
  } finally {
    await Promise.all([...peers, ...gemms].map(({ child }) => child.stop()))
  }
}

async function startGemms({ shapes }, setting) {
  const programs = [['ONNX Runtime', 'node/gemm.mjs']]
  if (setting.python.path !== undefined) programs.push(['PyTorch', 'python/gemm.py'])
  const started = programs.map(([title, program]) => {
    const task = { shapes, threads: setting.threads }
    const child = startChild(commandOf({ program }, setting.python), task, {
      ...setting,
      name: `gemm ${title}`,
    })
    return { title, child }
  })
  for (const { child } of started) await child.ready()
  return started
}

/** Rounds of one measurement of each, so that what else the machine does meets all of them alike. */
async function takeTurns({ name }, { children, gemms, rounds, seconds, log }) {
  const rates = gemms.map(({ title }) => ({ title, samples: [] }))
  const slow = new Set()
  for (let round = 0; round < rounds; round++) {
    log(`${name}: round ${round + 1} of ${rounds}`)
    for (const [index, { child }] of gemms.entries()) {
      await quiet()
      rates[index].samples.push(bestOf((await child.measure(GEMM_SECONDS)).rates))
    }
    for (const peer of children.filter((each) => !slow.has(each))) {
      await quiet()
      const sample = await peer.child.measure(seconds)
      peer.samples.push(sample)
      if (sample.seconds > TOO_SLOW * seconds) slow.add(peer)
    }
  }
  return rates
}

function bestOf(rates) {
  return rates.reduce((best, each) => (each.rate > best.rate ? each : best))
}
