import { join } from 'node:path'
import type { Preparation, PreparedCommand, ProcessServices } from '../../processes/process-attempt.js'
import { acquirePython, readRequirements } from '../../processes/python.js'

interface PythonCommand extends Pick<PreparedCommand, 'env' | 'finish' | 'ended' | 'breaksRewrites'> {
  /** Default: `cairn_run.py`. */
  readonly module?: string
  readonly argv: readonly string[]
  /** Packages that the command needs. */
  readonly implied?: readonly string[]
}

/** Hands the folder over, restores the environment, and runs Python in it. */
export async function preparePython(
  { context, folder, user }: Preparation,
  { processes, files }: ProcessServices,
  { module, argv, implied, ...command }: PythonCommand,
): Promise<PreparedCommand> {
  const requirements = await readRequirements(context, files, folder, implied)
  await folder.handOver()
  const { interpreter, release } = await acquirePython(requirements, { processes, user, folder, context })
  const start = module ? ['-m', module] : [join(folder.lib, 'cairn_run.py')]
  return {
    argv: [interpreter, ...start, ...argv],
    interpreter,
    release,
    memoryBytes: processes.memoryBytes,
    ...command,
  }
}
