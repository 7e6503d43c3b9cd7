import { isExhaustive } from '../harness/effort.js'

/**
 * The pages that a run opens in one of several variants of theme, language and width: with `--exhaustive` all, otherwise each page
 * in one variant.
 */
export const pagesOfVariant = <T>(pages: readonly T[], variant: number, variants: number): readonly T[] =>
  isExhaustive ? pages : pages.filter((_, position) => position % variants === variant)
