import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An event that a running task reports. */
interface Note {
  readonly event: 'start' | 'end'
  readonly attempt: string
  readonly task: number
  readonly pid: number
}

/** Collects what tasks do, outside of the server that executes them. */
export class TaskNotes implements AsyncDisposable {
  readonly #server: Server
  readonly notes: Note[] = []

  private constructor() {
    this.#server = createServer((request, response) => {
      const [event, task, attempt, pid] = request.url!.slice(1).split('/')
      this.notes.push({
        ...{ event: event as Note['event'], task: Number(task), attempt: `${task}/${attempt}` },
        pid: Number(pid),
      })
      response.end()
    })
  }

  static async open(): Promise<TaskNotes> {
    const notes = new TaskNotes()
    await once(notes.#server.listen(0, '127.0.0.1'), 'listening')
    return notes
  }

  /** The code of a task that reports its start, and its end after some milliseconds. */
  code(ms: number): string {
    const { port } = this.#server.address() as AddressInfo
    return `
      const { CAIRN_TASK_RUN_ID: id, CAIRN_TASK_ATTEMPT: attempt } = process.env
      const note = (event) => fetch(['http://127.0.0.1:${port}', event, id, attempt, process.pid].join('/'))
      await note('start')
      await new Promise((resolve) => setTimeout(resolve, ${ms}))
      await note('end')`
  }

  get starts(): readonly Note[] {
    return this.notes.filter(({ event }) => event === 'start')
  }

  hasEnded({ attempt }: Note): boolean {
    return this.notes.some((note) => note.event === 'end' && note.attempt === attempt)
  }

  /** Kills a running task. @returns false when none runs */
  killOne(): boolean {
    const running = this.starts.filter((note) => !this.hasEnded(note))
    for (const { pid } of running.toReversed())
      try {
        return process.kill(pid, 'SIGKILL')
      } catch {
        // the task has ended
      }
    return false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
