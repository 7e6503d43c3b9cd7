import { type ProcessOptions, type ProcessResult, runProcess } from './run-process.js'
import { cairn } from './server.js'

/** Runs `cairn --server URL …` and waits until it exits. */
export const runCli = (
  url: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> => runProcess(process.execPath, [cairn, '--server', url, ...args], options)
