// Kills trainings with SIGKILL at random moments and checks that each, resumed, ends the same.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT, run, setup } from './setup.mjs'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '2' },
  },
})

setup()
const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
const flags = ['--reporter=verbose', '--disable-console-intercept']
const env = { ...process.env, ANYVAE_KILLS: values.kills, ANYVAE_SEED: values.seed }
run(process.execPath, [vitest, 'run', 'test/resume.test.ts', ...flags], { env })
console.log(`
${values.kills} random moments (seed ${values.seed}) and two chosen ones: every training ended as the one that
nobody killed. Other moments: node tools/kill.mjs --seed ${Number(values.seed) + 1}`)
