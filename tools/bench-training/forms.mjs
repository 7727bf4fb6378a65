// Finds the form in which a peer is fastest here: each is started and tried for a moment.
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from './child.mjs'
import { commandOf, isPython, PEERS } from './peers.mjs'

const TRIAL_SECONDS = 1

/** Threads that wait for work spin for a while: they are left to fall asleep. */
const QUIET_MILLISECONDS = 200

/** The process of a peer's fastest form, with what all forms did in the trials. Throws where none starts. */
export async function fastestForm(name, network, setting) {
  const peer = PEERS[name]
  const reason =
    peer.without?.(network, setting) ?? (isPython(peer) ? setting.python.reason : undefined)
  if (reason !== undefined) throw new Error(reason)
  const { started, failed } = await startForms(name, network, setting)
  if (started.length === 0) throw new Error(failed[0].reason)
  try {
    const trials = await tried(started)
    const [best, ...others] = trials.toSorted((a, b) => b.imagesPerSecond - a.imagesPerSecond)
    await Promise.all(others.map(({ form }) => form.child.stop()))
    const told = trials.map(({ form, imagesPerSecond }) => ({
      variant: form.variant,
      imagesPerSecond,
    }))
    return { ...best.form, samples: [], trials: told, failed }
  } catch (error) {
    await Promise.all(started.map(({ child }) => child.stop()))
    throw error
  }
}

async function startForms(name, network, setting) {
  const started = []
  const failed = []
  for (const variant of PEERS[name].variants(network)) {
    const about = `${network.name}: ${PEERS[name].title}, ${variant}`
    setting.log(about)
    try {
      started.push(await startForm(name, variant, { network, setting }))
    } catch (error) {
      setting.log(`${about}: failed, got ${error.message}`)
      failed.push({ variant, reason: error.message })
    }
  }
  return { started, failed }
}

async function startForm(name, variant, { network, setting }) {
  const { title, warmUp } = PEERS[name]
  const task = { ...network.task, variant, warmUp, threads: setting.threads }
  const child = startChild(commandOf(PEERS[name], setting.python), task, {
    folder: setting.folder,
    name: `${network.name} ${name} ${variant}`,
  })
  try {
    return { peer: name, title, variant, ...(await child.ready()), child }
  } catch (error) {
    await child.stop()
    throw error
  }
}

/** The better of two trials of each form, in turn. A form without others needs none. */
async function tried(started) {
  const trials = started.map((form) => ({ form, imagesPerSecond: 0 }))
  if (started.length === 1) return trials
  for (const trial of [...trials, ...trials]) {
    await quiet()
    const { images, seconds } = await trial.form.child.measure(TRIAL_SECONDS)
    trial.imagesPerSecond = Math.max(trial.imagesPerSecond, images / seconds)
  }
  return trials
}

/** Waits until no process computes any more. */
export function quiet() {
  return sleep(QUIET_MILLISECONDS)
}
