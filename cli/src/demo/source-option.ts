import { resolve } from 'node:path'
import { Option } from 'commander'

/** @param condition a prefix such as 'with --demo: ' */
export const sourceOption = (condition = '') =>
  new Option(
    '--source <path>',
    `${condition}a zip or a folder of any MovieLens edition (default: the shipped ratings)`,
  ).argParser((path) => resolve(path))
