import type { ReactNode } from 'react'
import { RequestError } from '../../api/http.js'
import type { JobSettings } from '../../api/jobs.js'

/** Messages by the path of their field. */
export type Problems = Readonly<Record<string, ReactNode>>

/** A path in quotes, or at the beginning of a message. */
const QUOTED = /'((?:new_settings\.)?[a-z_]+(?:\[\d+\]|\.\w+)*)'/
const LEADING = /^([a-z_]+(?:\[\d+\]|\.\w+)*): /
/** `tasks: 'load': shell_task.file: …`, or a sentence about the task. */
const OF_TASK = /^tasks: (?:the key )?'([^']+)'(?:: (\w+(?:\.\w+)*))?/

/** The field that an error of the server names; undefined for other errors. */
export function fieldError(error: unknown, settings: JobSettings): Problems | undefined {
  if (!(error instanceof RequestError) || error.status < 400 || error.status >= 500) return undefined
  const { message } = error
  const path = taskPath(message, settings) ?? LEADING.exec(message)?.[1] ?? QUOTED.exec(message)?.[1]
  return path === undefined ? undefined : { [path.replace(/^new_settings\./, '')]: message }
}

function taskPath(message: string, settings: JobSettings): string | undefined {
  const [, key, field] = OF_TASK.exec(message) ?? []
  if (key === undefined) return undefined
  // The last of two tasks with one key is the one to rename.
  const index = (settings.tasks ?? []).findLastIndex(({ task_key }) => task_key === key)
  if (index < 0) return 'tasks'
  if (message.includes('is used twice')) return `tasks[${index}].task_key`
  return field?.includes('.') ? `tasks[${index}].${field}` : `tasks[${index}]`
}

/** The problems of a place and of all that is in it. */
export const problemsIn = (problems: Problems, path: string): readonly ReactNode[] =>
  Object.entries(problems).flatMap(([at, message]) =>
    at === path || at.startsWith(`${path}.`) || at.startsWith(`${path}[`) ? [message] : [],
  )
