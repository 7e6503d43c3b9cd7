import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { type Visitor, visitor } from '../browser/visitor.js'
import { type Api, api } from '../harness/api.js'
import { launchBrowser } from '../harness/browser.js'
import { type Server, startServer } from '../harness/server.js'

const JOBS = '/api/2.2/jobs'

/** A browser and a server whose owner creates and runs jobs: shared by the tests of all pages of jobs. */
export class JobPages {
  #server: Server | undefined
  #browser: Browser | undefined

  async start(): Promise<void> {
    this.#server = await startServer()
    this.#browser = await launchBrowser()
  }

  async stop(): Promise<void> {
    await this.#browser?.close()
    await this.#server?.[Symbol.asyncDispose]()
  }

  get url(): string {
    return this.#server!.url
  }

  get owner(): Api {
    return api(this.url)
  }

  visit(options?: Parameters<typeof visitor>[2]): Promise<Visitor> {
    return visitor(this.#browser!, this.url, options)
  }

  /** @returns the id of the job */
  async create(settings: object): Promise<number> {
    return (await this.owner.post<{ job_id: number }>(`${JOBS}/create`, settings)).job_id
  }

  /** @returns the id of the run */
  async startRun(job_id: number, options: object = {}): Promise<number> {
    return (await this.owner.post<{ run_id: number }>(`${JOBS}/run-now`, { job_id, ...options })).run_id
  }

  /** Runs a job to its end. @returns the id of the run */
  async run(job_id: number, options?: object): Promise<number> {
    const run_id = await this.startRun(job_id, options)
    while ((await this.#stateOf(run_id)) !== 'TERMINATED') await sleep(100)
    return run_id
  }

  async settingsOf(job_id: number): Promise<Record<string, unknown>> {
    const { settings } = await this.owner.get<{ settings: Record<string, unknown> }>(`${JOBS}/get`, {
      job_id,
    })
    return settings
  }

  async #stateOf(run_id: number): Promise<string> {
    return (await this.owner.get<{ status: { state: string } }>(`${JOBS}/runs/get`, { run_id })).status.state
  }
}

export const region = (tab: Page, name: string | RegExp): Locator => tab.getByRole('region', { name })
export const isFocused = (one: Locator): Promise<boolean> =>
  one.evaluate((element) => element === document.activeElement)
