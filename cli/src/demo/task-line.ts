import type { TaskProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { formatCount, formatDuration } from '../client/format.js'
import { escapeControls } from '../client/terminal-text.js'

const BAR_CELLS = 18

/** One line for a task, without its mark: name, bar or result, rate, time. */
export function taskLine(task: TaskProgress, now: number, nameWidth: number): string {
  const parts = [task.task_key.padEnd(nameWidth), body(task, now)]
  const seconds = task.started_at ? ((task.ended_at ?? now) - task.started_at) / 1000 : undefined
  if (seconds !== undefined) parts.push(formatDuration(seconds))
  return escapeControls(parts.filter(Boolean).join('  '))
}

function body(task: TaskProgress, now: number): string {
  if (task.origin) return `${task.origin.kind.toLowerCase()} from run ${task.origin.run_id}`
  if (task.result === 'SUCCESS') return task.progress?.message ?? ''
  if (task.state === 'TERMINATED') return task.message ?? task.result ?? ''
  const { progress } = task
  if (!progress) return task.state === 'RUNNING' ? '' : waiting(task)
  const { done, total, unit = '', message = '' } = progress
  const seconds = Math.max(0.001, (now - (task.started_at ?? now)) / 1000)
  const rate = done > 0 && unit ? `${formatCount(done / seconds)} ${unit}/s` : ''
  const amount = total
    ? `${bar(done / total)} ${formatCount(done)}/${formatCount(total)} ${unit}`
    : done > 0
      ? `${formatCount(done)} ${unit}`
      : ''
  return [amount.trim(), rate, message].filter(Boolean).join('  ')
}

const waiting = ({ state, depends_on }: TaskProgress) =>
  state === 'BLOCKED' && depends_on.length > 0
    ? `after ${depends_on.join(', ')}`
    : state.toLowerCase().replaceAll('_', ' ')

function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_CELLS)
  return '━'.repeat(filled) + '╌'.repeat(BAR_CELLS - filled)
}
