import { messageOf } from '@cairn/platform/errors'
import { endProcessesOf } from '@cairn/platform/processes/end-processes'
import type { ProcessEnd } from '@cairn/platform/processes/launch'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import type { TaskFiles } from '../files/task-files.js'
import { experimentOf } from '../job-experiment.js'
import type { StoppedError } from '../task-kinds/stopped-error.js'
import type { AttemptContext, TaskValues } from '../task-kinds/task.js'
import { TaskFailure } from '../task-kinds/task-failure.js'
import type { TaskHandle } from '../task-kinds/task-kind.js'
import { TaskProcess } from './task-process.js'
import type { TaskProcesses } from './task-processes.js'
import { taskVariables } from './task-variables.js'
import { WorkFolder } from './work-folder.js'

export interface Preparation {
  readonly context: AttemptContext
  readonly folder: WorkFolder
  readonly user: UnprivilegedUser | undefined
}

/** The command that an attempt executes. */
export interface PreparedCommand {
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly interpreter?: string
  readonly memoryBytes?: number
  /** True if its output has a line break after each rewriting of a line. */
  readonly breaksRewrites?: boolean
  /** Called after the process has succeeded and all its children have ended. */
  finish?(folder: WorkFolder): Promise<void>
  /** Called after the process has ended, also if it failed. */
  ended?(folder: WorkFolder): Promise<void>
  release?(): void
}

/** Writes files into the folder, hands it over, and returns the command. */
export type Prepare = (preparation: Preparation) => Promise<PreparedCommand>

export interface ProcessServices {
  readonly processes: TaskProcesses
  readonly files: TaskFiles
}

const SHOWN_LINES = 40

/** An attempt that runs code of jobs in a process. */
export class ProcessAttempt implements TaskHandle {
  readonly #context: AttemptContext
  readonly #services: ProcessServices
  readonly #result: Promise<TaskValues>
  #process: TaskProcess | undefined

  constructor(context: AttemptContext, services: ProcessServices, prepare: Prepare) {
    this.#context = context
    this.#services = services
    this.#result = this.#run(prepare)
  }

  wait(): Promise<TaskValues> {
    return this.#result
  }

  cancel({ reason }: StoppedError): void {
    // Another worker may start the task now.
    if (reason === 'LOST') this.#process?.kill()
    else this.#process?.terminate()
  }

  async #run(prepare: Prepare): Promise<TaskValues> {
    const { writer, taskKey } = this.#context
    const { processes } = this.#services
    const lease = await processes.acquireUser(writer, `tasks: '${taskKey}'`)
    let folder: WorkFolder | undefined
    try {
      folder = await WorkFolder.create(processes.workRoot, lease)
      await this.#runIn(folder, lease?.user, prepare)
    } finally {
      if (lease) await lease.release()
      else await folder?.remove()
    }
    return {} // Values that the process set are in the database.
  }

  async #runIn(folder: WorkFolder, user: UnprivilegedUser | undefined, prepare: Prepare) {
    const context = this.#context
    for (const [path, text] of Object.entries(context.job.files ?? {})) await folder.write(path, text)
    const experimentId = await experimentOf(context)
    const command = await prepare({ context, folder, user })
    try {
      const { interpreter, memoryBytes = 0 } = command
      const found = {
        ...(interpreter && { interpreter }),
        ...(experimentId !== undefined && { experimentId }),
      }
      const env = { ...taskVariables(context, folder, found), ...command.env }
      const wrap = await this.#services.processes.isolate(folder, interpreter)
      context.signal.throwIfAborted()
      const { argv, breaksRewrites } = command
      const child = new TaskProcess({ argv, cwd: folder.work, env, user, memoryBytes, wrap })
      try {
        await this.#execute(child, breaksRewrites)
      } finally {
        if (user) await endProcessesOf(user)
        await command.ended?.(folder)
      }
      await command.finish?.(folder)
    } finally {
      command.release?.()
    }
  }

  async #execute(child: TaskProcess, breaksRewrites: boolean | undefined) {
    const { log, secrets } = this.#context
    this.#process = child
    const last: string[] = []
    const end = await child
      .run(
        (line, stream) => {
          last.push(line)
          if (last.length > SHOWN_LINES) last.shift()
          if (stream === 'stdout') log.info(line)
          else log.warn(line)
        },
        { secrets, breaksRewrites },
      )
      .catch((error) => {
        throw new TaskFailure(`The process could not be started: ${messageOf(error)}`, '')
      })
    if (end.code !== 0) throw new TaskFailure(describe(end, last), last.join('\n'))
  }
}

function describe({ code, signal }: ProcessEnd, last: readonly string[]): string {
  if (signal === 'SIGKILL') return 'The process was ended by SIGKILL; its memory may have run out.'
  if (signal) return `The process was ended by ${signal}.`
  const line = last.findLast((one) => one.trim() !== '')
  return `The process ended with exit code ${code}${line === undefined ? '.' : `: ${line}`}`
}
