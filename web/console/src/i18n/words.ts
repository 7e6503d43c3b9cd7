import type { en } from './en.js'

/** The shape of a dictionary: English's keys, without the plural forms that another language does not have. */
export type Words = Dictionary<typeof en>

export type Dictionary<T> = {
  readonly [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string
    ? string
    : Dictionary<T[K]>
}
