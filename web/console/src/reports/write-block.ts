import { CARD_FIELDS } from '../cards/kinds/fields.js'
import { groupingId } from '../runs/grouping.js'
import type { Block } from './block.js'
import { isValidOption, keyOfField } from './block-options.js'

type Line = readonly [key: string, texts: readonly string[]]

/** The block as Markdown, which `parseBlock` reads. Options that a block cannot have are left out. */
export function writeBlock({
  experiment,
  filter,
  order,
  groupBy,
  runs,
  title,
  card,
  columns,
}: Block): string {
  const lines: readonly Line[] = [
    ['experiment', [experiment]],
    ['filter', filter ? [filter] : []],
    ['order', order],
    ['group_by', groupBy.map(groupingId)],
    ['runs', [String(runs)]],
    ['title', title ? [title] : []],
    ...(card ? linesOf(card) : [['columns', columns] as const]),
  ]
  const yaml = lines.flatMap(([key, texts]) => (texts.length > 0 ? `${key}: ${textsOf(texts)}\n` : []))
  return `\`\`\`cairn\n${yaml.join('')}\`\`\`\n`
}

const linesOf = ({ kind, height, options }: NonNullable<Block['card']>): readonly Line[] => [
  ['chart', [kind]],
  ...CARD_FIELDS[kind].flatMap((field): readonly Line[] => {
    const texts = options[field.key] ?? []
    return isValidOption(field, texts) ? [[keyOfField(field), texts]] : []
  }),
  ['height', height > 1 ? [String(height)] : []],
]

const textsOf = (texts: readonly string[]) =>
  texts.length === 1 ? scalar(texts[0]!) : `[${texts.map(scalar).join(', ')}]`

const WORD = /^[A-Za-z_][\w./-]*$/
/** Words of YAML that are no strings, unless they are read back as they are. */
const RESERVED = /^(?:null|true|false)$/i

/** Texts of JSON are texts of YAML. */
function scalar(text: string): string {
  if (text === 'true' || text === 'false' || String(Number(text)) === text) return text
  return WORD.test(text) && !RESERVED.test(text) ? text : JSON.stringify(text)
}
