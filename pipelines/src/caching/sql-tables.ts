import type { JobSettings } from '@cairn/platform/protocol/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/task-settings'

const COMMENT = /--[^\n]*|\/\*[\s\S]*?\*\//g
const PART = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`
const NAME = new RegExp(String.raw`${PART}\s*\.\s*${PART}\s*\.\s*${PART}`, 'gu')

/**
 * All names of three parts in the query of a task: its tables, and perhaps members of structs, which only a parser could tell
 * apart.
 */
export function tableNames({ files = {} }: JobSettings, { sql_task }: TaskSettings): string[] {
  if (!sql_task) return []
  const text = sql_task.query?.query_text ?? files[sql_task.file?.path ?? ''] ?? ''
  const names = [...text.replaceAll(COMMENT, ' ').matchAll(NAME)].map(([name]) => plain(name))
  return [...new Set(names)].sort()
}

const plain = (name: string) =>
  [...name.matchAll(new RegExp(PART, 'gu'))]
    .map(([part]) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part))
    .join('.')
