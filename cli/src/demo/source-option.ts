import { resolve } from 'node:path'
import { Option } from 'commander'

/** @param when it counts, where it does not always */
export const sourceOption = (when = '') =>
  new Option(
    '--source <path>',
    `${when}a zip or a folder of any MovieLens edition instead of the shipped ratings`,
  ).argParser((path) => resolve(path))
