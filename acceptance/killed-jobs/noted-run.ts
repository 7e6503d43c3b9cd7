import { expect } from 'vitest'
import type { Api } from '../harness/api.js'
import { until } from '../harness/until.js'
import type { TaskNotes } from './task-notes.js'

interface Run {
  readonly run_id: number
  readonly state: { readonly life_cycle_state: string; readonly result_state?: string }
  readonly tasks: readonly {
    readonly task_key: string
    readonly attempt_number: number
    readonly run_id: number
  }[]
}

const TASK_MS = 1_000

const task = (task_key: string, ...upstream: string[]) => ({
  task_key,
  max_retries: -1,
  depends_on: upstream.map((key) => ({ task_key: key })),
  node_task: { file: 'note.mjs' },
})

/** A run of six tasks that note their starts and ends, one of which runs another job of two. */
export class NotedRun {
  readonly #api: Api
  readonly #notes: TaskNotes
  readonly #runId: number
  readonly #child: number

  private constructor(api: Api, notes: TaskNotes, runId: number, child: number) {
    this.#api = api
    this.#notes = notes
    this.#runId = runId
    this.#child = child
  }

  static async submit(api: Api, notes: TaskNotes): Promise<NotedRun> {
    const files = { 'note.mjs': notes.code(TASK_MS) }
    const { job_id } = await api.post<{ job_id: number }>('/api/2.2/jobs/create', {
      ...{ name: 'child', files, tasks: [task('x'), task('y', 'x')] },
    })
    const { run_id } = await api.post<{ run_id: number }>('/api/2.2/jobs/runs/submit', {
      files,
      tasks: [
        ...[task('a'), task('b', 'a'), task('c', 'a'), task('d', 'b', 'c')],
        { task_key: 'e', depends_on: [{ task_key: 'a' }], run_job_task: { job_id } },
        task('f', 'd', 'e'),
      ],
    })
    return new NotedRun(api, notes, run_id, job_id)
  }

  async hasEnded(): Promise<boolean> {
    return (await this.#get()).state.life_cycle_state === 'TERMINATED'
  }

  /** Waits until a task starts or ends, the run ends, or the lease of a dead worker has expired. */
  async untilNote(leaseMs: number): Promise<void> {
    const before = this.#notes.notes.length
    const deadline = performance.now() + leaseMs
    const hasChanged = async () =>
      this.#notes.notes.length > before || performance.now() > deadline || (await this.hasEnded())
    await until('a task starts or ends', hasChanged)
  }

  /** Every task succeeded, and each of its starts had its own attempt, which the run counts. */
  async expectSuccess(): Promise<void> {
    await until('the run ends', () => this.hasEnded())
    const run = await this.#get()
    expect(run.state.result_state).toBe('SUCCESS')
    const { runs } = await this.#api.get<{ runs: Run[] }>('/api/2.2/jobs/runs/list', {
      ...{ job_id: this.#child, expand_tasks: 'true' },
    })
    expect(runs, 'one run of the child').toHaveLength(1)
    const { starts } = this.#notes
    const attempts = starts.map(({ attempt }) => attempt)
    expect(new Set(attempts).size, 'each start has its own attempt').toBe(attempts.length)
    for (const { run_id: id, attempt_number, task_key } of [...run.tasks, ...runs[0]!.tasks]) {
      if (task_key === 'e') continue
      const own = starts.filter((note) => note.task === id)
      expect(own.length, task_key).toBeGreaterThan(0)
      expect(own.length, task_key).toBeLessThanOrEqual(attempt_number + 1)
      expect(own.filter((note) => this.#notes.hasEnded(note)).length, task_key).toBeGreaterThan(0)
    }
  }

  #get() {
    return this.#api.get<Run>('/api/2.2/jobs/runs/get', { run_id: this.#runId })
  }
}
