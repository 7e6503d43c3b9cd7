import { isExhaustive } from '../harness/effort.js'

/**
 * The pages that a run opens in one of several variants of theme, language and width: with `--exhaustive` all, otherwise each page
 * in one variant.
 */
export const pagesOfVariant = <T>(pages: readonly T[], variant: number, variants: number): readonly T[] =>
  isExhaustive ? pages : pages.filter((_, position) => position % variants === variant)

/** Every second page of pages that share most parts; with `--exhaustive` all. */
export const everySecond = <T>(pages: readonly T[]): readonly T[] => pagesOfVariant(pages, 0, 2)
