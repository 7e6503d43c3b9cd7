import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { AttemptContext } from '../task-kinds/task.js'

/** The part of a task's context that files are read with. */
export type ReadingContext = Pick<
  AttemptContext,
  | 'attempt'
  | 'client'
  | 'job'
  | 'principal'
  | 'server'
  | 'services'
  | 'signal'
  | 'taskKey'
  | 'taskRunId'
  | 'writer'
>

/** A kind of path in settings of tasks. */
export interface FileSource {
  /** The form of its paths, for messages. */
  readonly form: string
  matches(path: string, job: JobSettings): boolean
  /**
   * Reads a file with the rights of the principal that the task runs as.
   *
   * @throws RESOURCE_DOES_NOT_EXIST or PERMISSION_DENIED naming the path, INVALID_PARAMETER_VALUE for a file above `MAX_FILE_BYTES`
   */
  read(path: string, context: ReadingContext): Promise<Uint8Array>
}

export const MAX_FILE_BYTES = 256 * 1024 * 1024

export const tooLarge = (path: string) =>
  invalid(`'${path}' is larger than ${MAX_FILE_BYTES / 1024 ** 2} MB, the limit for code of tasks.`)

/** The files that settings of tasks name: scripts, notebooks, wheels. */
export class TaskFiles {
  readonly #sources: readonly FileSource[]

  constructor(sources: readonly FileSource[]) {
    this.#sources = sources
  }

  /** @param where the field, for the message. @throws INVALID_PARAMETER_VALUE for a path of no known form */
  check(path: string, job: JobSettings, where: string): void {
    this.#find(path, job, where)
  }

  read(path: string, context: ReadingContext): Promise<Uint8Array> {
    return this.#find(path, context.job, `tasks: '${context.taskKey}'`).read(path, context)
  }

  #find(path: string, job: JobSettings, where: string): FileSource {
    const source = this.#sources.find((one) => one.matches(path, job))
    if (source) return source
    const forms = this.#sources.map(({ form }) => form).join(', ')
    throw invalid(`${where}: '${path}' is not a path that tasks can read; supported: ${forms}.`)
  }
}
