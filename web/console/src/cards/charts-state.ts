import { CARD_KINDS, type Card, type CardKind, clampExtent, type Options } from './card.js'
import type { Move } from './moves.js'

/** Changes of a user to the default cards. */
export interface ChartsState {
  /** Options of all line cards that do not set their own. */
  readonly view: Options
  /** Changed default cards, and added ones, by id. */
  readonly cards: ReadonlyMap<string, Card>
  readonly removed: ReadonlySet<string>
  /** Cards that were moved behind another one of their section, in this order; behind '' is first. */
  readonly moves: readonly Move[]
  /** Sections that are folded although they are open by default, or the reverse. */
  readonly toggled: ReadonlySet<string>
  /** The card that fills the window. */
  readonly open: string | undefined
}

export const NO_CHANGES: ChartsState = {
  view: {},
  cards: new Map(),
  removed: new Set(),
  moves: [],
  toggled: new Set(),
  open: undefined,
}

/**
 * The state as text of a URL: statements with commas between them, of words with colons between them.
 * `view:x:time,card:c.1:bar::21:y:loss,hide:m.lr,after:m.a:m.b,fold:system,open:c.1`
 */
export function stateToText({ view, cards, removed, moves, toggled, open }: ChartsState): string {
  const statements: (readonly string[])[] = [
    ...(Object.keys(view).length > 0 ? [['view', ...wordsOf(view)]] : []),
    ...[...cards.values()].map(({ id, kind, section, width, height, options }) => [
      ...['card', id, kind, section, width === 1 && height === 1 ? '' : `${width}${height}`],
      ...wordsOf(options),
    ]),
    ...[...removed].map((id) => ['hide', id]),
    ...moves.map(([id, after]) => ['after', id, after]),
    ...[...toggled].map((section) => ['fold', section]),
    ...(open === undefined ? [] : [['open', open]]),
  ]
  return statements.map((words) => words.map(escapeWord).join(':')).join(',')
}

/** Statements that cannot be read are left out: a link may come from a later version. */
export function stateFromText(text: string | undefined): ChartsState {
  let state = NO_CHANGES
  for (const statement of text ? text.split(',') : []) {
    const [verb = '', ...words] = statement.split(':').map(unescapeWord)
    if (Object.hasOwn(STATEMENTS, verb)) state = { ...state, ...STATEMENTS[verb]!(state, words) }
  }
  return state
}

/** Applies a statement, by its first word. */
const STATEMENTS: Readonly<
  Record<string, (state: ChartsState, words: readonly string[]) => Partial<ChartsState>>
> = {
  view: (_, words) => ({ view: optionsOf(words) }),
  card: ({ cards }, [id = '', ...words]) => {
    const card = cardOf(id, words)
    return card ? { cards: new Map(cards).set(id, card) } : {}
  },
  hide: ({ removed }, [id = '']) => ({ removed: new Set(removed).add(id) }),
  after: ({ moves }, [id = '', after = '']) => ({ moves: [...moves, [id, after]] }),
  fold: ({ toggled }, [section = '']) => ({ toggled: new Set(toggled).add(section) }),
  open: (_, [open]) => ({ open }),
}

function cardOf(id: string, [name, section = '', size = '', ...words]: readonly string[]): Card | undefined {
  const kind = CARD_KINDS.find((one): one is CardKind => one === name)
  if (!id || !kind) return undefined
  const [width, height] = [size[0], size[1]].map((digit) => clampExtent(Number(digit) || 1))
  return { id, kind, section, width: width!, height: height!, options: optionsOf(words) }
}

const wordsOf = (options: Options) =>
  Object.entries(options).flatMap(([key, values]) => values.flatMap((value) => [key, value]))

function optionsOf(words: readonly string[]): Options {
  const options: Record<string, string[]> = Object.create(null)
  for (let i = 0; i + 1 < words.length; i += 2) {
    const values = options[words[i]!] ?? []
    values.push(words[i + 1]!)
    options[words[i]!] = values
  }
  return { ...options }
}

const escapeWord = (word: string) => word.replaceAll('%', '%25').replaceAll(',', '%2C').replaceAll(':', '%3A')
const unescapeWord = (word: string) =>
  word.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%')
