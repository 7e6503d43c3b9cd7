import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@cairn/platform/protocol/client'
import { GetJobRun, type JobRun, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob, type JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import Type from 'typebox'
import { defineTask } from '../task-kinds/task.js'
import { waitForEnd } from './client.js'
import { type ServedPipelines, servePipelines } from './serve.js'

type Backend = NonNullable<Parameters<typeof servePipelines>[1]>

/** A server whose tasks record their starts, for tests of conditions, loops and runs of other jobs. */
export class TestFlow {
  serving!: ServedPipelines
  /** The values of `echo` that it fails for, as JSON. */
  failing = new Set<string>()
  /** The values of `echo` as JSON, and `waits`. */
  readonly started: string[] = []
  /** The highest number of `echo` tasks at the same time. */
  mostRunning = 0
  #running = 0

  async start(backend: Backend): Promise<void> {
    this.serving = await servePipelines([this.echo, odd, this.#waits], backend)
  }

  async close(): Promise<void> {
    await this.serving?.close()
  }

  reset(): void {
    this.failing = new Set()
    this.started.length = 0
    this.mostRunning = 0
  }

  get client(): Client {
    return this.serving.client
  }

  async submit(tasks: TaskSettings[], more: object = {}): Promise<number> {
    return (await this.client(SubmitRun, { tasks, ...more })).run_id
  }

  async run(tasks: TaskSettings[]): Promise<JobRun> {
    return waitForEnd(this.client, await this.submit(tasks))
  }

  async createJob(tasks: TaskSettings[], more: Partial<JobSettings> = {}): Promise<number> {
    return (await this.client(CreateJob, { name: 'child', tasks, ...more })).job_id
  }

  readonly echo = defineTask({
    entry: 'echo',
    parameters: Type.Object({ value: Type.Unknown() }),
    run: async ({ parameters: { value }, log, previous }) => {
      const text = JSON.stringify(value)
      log.info(`echoes ${text}`)
      this.started.push(text)
      this.#running++
      this.mostRunning = Math.max(this.mostRunning, this.#running)
      await sleep(5)
      this.#running--
      if (this.failing.has(text)) throw new Error(`${text} fails`)
      return { value, again: previous !== undefined }
    },
  })

  readonly #waits = defineTask({
    entry: 'waits',
    parameters: Type.Object({}),
    run: async ({ signal }) => {
      this.started.push('waits')
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      throw signal.reason
    },
  })
}

const odd = defineTask({
  entry: 'odd',
  parameters: Type.Object({}),
  run: async () => ({ value: 'x\0' }),
})

export const node = (entry: string, parameters: Record<string, unknown> = {}) => ({
  node_task: { entry, parameters },
})

export const after = (...keys: string[]) => ({ depends_on: keys.map((task_key) => ({ task_key })) })

export const loop = (
  inputs: unknown,
  task: object = node('echo', { value: '{{input}}' }),
  more: object = {},
) => ({
  for_each_task: {
    inputs: typeof inputs === 'string' ? inputs : JSON.stringify(inputs),
    task: { task_key: 'one', ...task },
    ...more,
  },
})

export const taskOf = ({ tasks }: JobRun, key: string) => tasks!.find((task) => task.task_key === key)!

/** The run of a task, with all of its iterations. */
export async function loopOf(client: Client, parent: JobRun, key = 'each') {
  const { run_id } = taskOf(parent, key)
  const first = await client(GetJobRun, { run_id })
  const iterations = [...first.iterations!]
  for (let page = first; page.next_page_token; ) {
    page = await client(GetJobRun, { run_id, page_token: page.next_page_token })
    iterations.push(...page.iterations!)
  }
  return { ...first, iterations }
}
