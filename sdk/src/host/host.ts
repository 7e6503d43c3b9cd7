import type { HttpOptions } from '../http.js'
import type { ModelFiles } from '../models/model-files.js'
import type { RunSink } from '../run/run-sink.js'
import type { Content } from '../transport.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Follows a value through the asynchronous calls below `run`. */
export interface Context<T> {
  run<R>(value: T, body: () => R): R
  current(): T | undefined
}

export interface OfflineStart {
  readonly experiment: string
  readonly name?: string
  readonly tags: Record<string, string>
  /** Where the folders of runs lie. */
  readonly folder: string
  /** The run this one is a child of: one that is offline too, or one of the server. */
  readonly parent?: { readonly offline: string } | { readonly runId: string }
}

/** Takes bytes in order and gives their SHA-256 in hex. */
export interface Sha256 {
  update(bytes: Uint8Array): unknown
  digest(): string
}

/**
 * What Node and browsers do differently, and nothing else. `#host` is `host.node.ts` or `host.browser.ts`, chosen by the
 * package's `imports` map, so a bundle for browsers contains nothing of Node.
 */
export interface Host {
  readonly environment: Environment
  /** The connection that is meant when none is named. */
  defaultConnection(): HttpOptions
  /** Undefined where asynchronous calls cannot be followed: nested runs then name their parent. */
  newContext<T>(): Context<T> | undefined
  /** Where the code came from, under the names MLflow's UI shows. */
  sourceTags(): Promise<Record<string, string>>
  /** Calls `finish` when the process is told to stop; @returns the function that takes it back. */
  whenInterrupted(finish: () => Promise<void>): () => void
  /** @returns the function that stops sampling */
  startSystemMetrics(
    log: (metrics: Record<string, number>, step: number) => Promise<void>,
    everyMs: number,
  ): () => Promise<void>
  newSha256(): Sha256
  /** @throws where there are no files */
  readFile(path: string): Promise<Content>
  /** Every regular file below a folder by its relative path. @throws where there are no files */
  readFolder(path: string): Promise<ModelFiles>
  /** @throws where there are no files */
  openOffline(start: OfflineStart): Promise<RunSink>
  warn(message: string): void
}
