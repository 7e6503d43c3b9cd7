import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { prettyJson } from '../run/pretty-json.js'

const MAX_SHOWN = 20_000
/** Longer texts are not coloured, because each word would be an element. */
const MAX_COLOURED = 8_000
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g

/** A value as indented JSON with coloured keys and values. A long one is cut until the user asks for the rest. */
export function JsonText({ value }: { value: unknown }) {
  const { t } = useTranslation()
  const [whole, setWhole] = useState(false)
  const text = useMemo(() => prettyJson(JSON.stringify(value) ?? ''), [value])
  const shown = whole ? text : text.slice(0, MAX_SHOWN)
  return (
    <div className="json-text">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line must be reachable to scroll */}
      <pre tabIndex={0}>{shown.length > MAX_COLOURED ? shown : <Coloured text={shown} />}</pre>
      {shown.length < text.length && (
        <button type="button" className="button small" onClick={() => setWhole(true)}>
          {t('common.more')}
        </button>
      )}
    </div>
  )
}

function Coloured({ text }: { text: string }) {
  const parts = []
  let at = 0
  for (const match of text.matchAll(TOKEN)) {
    const [all, string, colon, number] = match
    parts.push(text.slice(at, match.index))
    const kind = string ? (colon === undefined ? 'string' : 'key') : number ? 'number' : 'word'
    parts.push(
      <span key={match.index} className={`json-${kind}`}>
        {string && colon !== undefined ? string : all}
      </span>,
    )
    if (string && colon !== undefined) parts.push(colon)
    at = match.index + all.length
  }
  parts.push(text.slice(at))
  return <>{parts}</>
}
