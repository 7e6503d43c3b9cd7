/** A parsed MovieLens title: `Postman, The (Postino, Il) (1994)` → `The Postman`, `Il Postino`, 1994. */
export interface TitleParts {
  readonly title: string
  /** Original and also-known-as titles, without duplicates. */
  readonly otherTitles: readonly string[]
  readonly year?: number
}

const ARTICLES =
  /^(.+), (the|an?|les?|la|l'|el|los?|las|il|i|gli|der|die|das|den|det|de|een|un|une|una|uno|ein|eine|o|os|as)$/i

/** `Matrix, The` → `The Matrix`, `Année dernière, L'` → `L'Année dernière`. */
export function articleFirst(title: string): string {
  const [, rest, article] = ARTICLES.exec(title.trim()) ?? []
  if (!rest || !article) return title.trim()
  return article.endsWith("'") ? article + rest : `${article} ${rest}`
}

export function parseTitle(text: string): TitleParts {
  const [, body = text, year] = /^(.*?)\s*\((\d{4})(?:[-–]\d{0,4})?\)\s*$/.exec(text) ?? []
  const inBrackets = [...body.matchAll(/\s\(([^()]+)\)/g)].map(([, inner]) => alias(inner!))
  const title = articleFirst(body.replace(/\s+\([^()]*\)/g, '')) || text.trim()
  const otherTitles = [...new Set(inBrackets)].filter((other) => other && other !== title)
  return { title, otherTitles, ...(year && { year: Number(year) }) }
}

const alias = (text: string) => articleFirst(text.replace(/^a\.?k\.?a\.?\s+/i, ''))
