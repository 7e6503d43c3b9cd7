/** The parts of a name that MLflow's `log_image` writes. */
export interface ImageName {
  /** As written: `#`, and `~` in some versions, stand for `/`. */
  readonly key: string
  readonly step: number
  readonly timestamp: number
  readonly id: string
  /** True if it is the smaller copy of another image. */
  readonly isCopy: boolean
}

const NAME = /^(.+?)([+%])step\2(\d+)\2timestamp\2(\d+)\2([^+%.]+)((?:\2compressed)?)\.\w+$/

/** Reads `KEY+step+N+timestamp+T+UUID.png`, with `%` instead of `+` before MLflow 3. @returns undefined for another name */
export function parseImageName(name: string): ImageName | undefined {
  const [, key, , step, timestamp, id, copy] = NAME.exec(name) ?? []
  if (key === undefined || id === undefined) return undefined
  return { key, step: Number(step), timestamp: Number(timestamp), id, isCopy: copy !== '' }
}
