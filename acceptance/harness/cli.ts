import { type Finished, type ProcessOptions, runProcess } from './run-process.js'
import { cairn } from './server.js'

/** Runs `cairn --server URL …` and waits until it exits. */
export const runCli = (
  url: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<Finished> => runProcess(process.execPath, [cairn, '--server', url, ...args], options)
