import type { en } from './en.js'

/** The shape of a translation: English's keys without `_one`, because Korean has a single plural form. */
export type Words = Dictionary<typeof en>

export type Dictionary<T> = {
  readonly [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string
    ? string
    : Dictionary<T[K]>
}
