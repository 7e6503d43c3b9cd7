import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { TaskRunRow } from '../schema.js'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escapeHtml = (text: string) => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!)

const section = (title: string, text: string) =>
  text === '' ? '' : `<h2>${title}</h2>\n<pre>${escapeHtml(text)}</pre>\n`

/** Renders a page about a task run. It has no scripts, and all contents are escaped. */
export function renderTaskPage(task: TaskRunRow, settings: TaskSettings | undefined, log: string): string {
  const outcome = `${task.result ?? task.state}${task.message ? `: ${task.message}` : ''}`
  const values = task.outputs === null ? '' : JSON.stringify(JSON.parse(task.outputs), null, 2)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeHtml(task.task_key)}</title>
<h1>${escapeHtml(task.task_key)}</h1>
<p>${escapeHtml(outcome)}</p>
${section('Settings', JSON.stringify(settings ?? {}, null, 2))}${section('Values', values)}${section('Log', log)}</html>
`
}
