// The public names of @anyvae/trainer/node: run folders.
export { checkSameSettings } from './node/config-file.js'
export type { DataRecord, RunConfig, SplitRecord } from './node/config-file.js'
export { readRun, type Run } from './node/read.js'
export { readRunConfig } from './node/run-folder.js'
export { checkRunFolder, tidyRun, trainInFolder, type TrainInFolderOptions } from './node/train.js'
