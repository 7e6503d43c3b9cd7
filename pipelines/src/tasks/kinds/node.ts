import { invalid } from '@cairn/platform/errors'
import { hasReferences } from '../../engine/references.js'
import type { Task } from '../../engine/task.js'
import { defineKind, handleOf } from '../../engine/task-kind.js'
import { Entries } from './entries.js'

/** Tasks of the server, which run in its process. */
export function nodeKind(tasks: readonly Task[]) {
  const entries = new Entries(tasks)
  return defineKind({
    name: 'node_task',
    literal: ['entry'],
    keepsTypes: true,
    check({ entry, file, parameters = {} }, { where }) {
      if (file !== undefined) throw invalid(`${where}.file is not supported; pass an entry.`)
      if (entry === undefined) throw invalid(`${where} needs an entry.`)
      entries.get(entry)
      // Parameters with references are checked when the task starts and their values are known.
      if (!hasReferences(parameters)) entries.parse(entry, parameters)
    },
    start({ entry, parameters = {} }, context) {
      const parsed = entries.parse(entry!, parameters)
      return handleOf(entries.get(entry!).run({ ...context, parameters: parsed }))
    },
  })
}
