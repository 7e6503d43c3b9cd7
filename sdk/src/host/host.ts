import type { HttpOptions } from '../http.js'
import type { OfflineRunOptions } from '../offline/offline-sink.js'
import type { RunSink } from '../run/run-sink.js'
import type { Content } from '../transport.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Propagates a value through the asynchronous calls within `run`. */
export interface Context<T> {
  run<R>(value: T, body: () => R): R
  current(): T | undefined
}

/** Computes the SHA-256 of the bytes passed to `update`. */
export interface Sha256 {
  update(bytes: Uint8Array): unknown
  /** Hex. */
  digest(): string
}

/**
 * Everything that differs between Node and browsers. `#host` resolves to `node.ts` or `browser.ts` by the package's
 * `imports` map, so a browser bundle contains no Node code.
 */
export interface Host {
  readonly environment: Environment
  /** Connection to use by default. */
  defaultConnection(): HttpOptions
  /** Undefined if asynchronous calls cannot be tracked; nested runs must then name their parent. */
  newContext<T>(): Context<T> | undefined
  /** Tags that MLflow's UI shows for the source of a run. */
  sourceTags(): Promise<Record<string, string>>
  /** Calls `finish` when the process receives SIGINT or SIGTERM. @returns a function that unregisters it */
  onInterrupt(finish: () => Promise<void>): () => void
  /** @returns a function that stops sampling */
  startSystemMetrics(
    log: (metrics: Record<string, number>, step: number) => Promise<void>,
    everyMs: number,
  ): () => Promise<void>
  newSha256(): Sha256
  /** @throws in browsers */
  readFile(path: string): Promise<Content>
  /** Returns every regular file of a folder by its relative path. @throws in browsers */
  readFolder(path: string): Promise<Record<string, Content>>
  /** @throws in browsers */
  openOffline(start: OfflineRunOptions): Promise<RunSink>
  warn(message: string): void
}
